//! Sending mail: to an SMTP server, or as files into a folder where no server is set.

use crate::local::write_durably;
use golive_app::ports::BoxFuture;
use golive_app::ports::mail::{Mail, MailError, Mailer};
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use std::path::PathBuf;
use std::time::Duration;

/// An SMTP server that does not answer is asked again later.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A mail setting that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct BadSetting(String);

/// Hands mail to an SMTP server.
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl SmtpMailer {
    /// The address is `smtp://`, `smtps://` or `smtp://…?tls=required`, with user and password if the server asks.
    pub fn new(url: &str, from: &str) -> Result<Self, BadSetting> {
        // The error of the parser is not shown: it may hold the password.
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|_| BadSetting("the SMTP address cannot be understood".to_owned()))?;
        Ok(Self { transport: builder.timeout(Some(TIMEOUT)).build(), from: mailbox(from)? })
    }
}

impl Mailer for SmtpMailer {
    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<(), MailError>> {
        Box::pin(async move {
            let message = message(&self.from, mail)?;
            match self.transport.send(message).await {
                Ok(_) => Ok(()),
                Err(error) if error.is_permanent() => Err(MailError::Refused(error.to_string())),
                Err(error) => Err(MailError::Later(error.to_string())),
            }
        })
    }
}

/// Writes mail as `.eml` files: one file per id, however often it is sent.
pub struct FilesMailer {
    folder: PathBuf,
    from: Mailbox,
}

impl FilesMailer {
    /// Writes into a folder, which is made if it is missing.
    pub fn new(folder: PathBuf, from: &str) -> Result<Self, BadSetting> {
        std::fs::create_dir_all(&folder)
            .map_err(|error| BadSetting(format!("{}: {error}", folder.display())))?;
        Ok(Self { folder, from: mailbox(from)? })
    }
}

impl Mailer for FilesMailer {
    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<(), MailError>> {
        Box::pin(async move {
            let name: String =
                mail.id.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
            let path = self.folder.join(format!("{name}.eml"));
            if path.exists() {
                return Ok(());
            }
            let bytes = message(&self.from, mail)?.formatted();
            let written = tokio::task::spawn_blocking(move || write_durably(&path, &bytes)).await;
            written
                .map_err(|error| MailError::Later(error.to_string()))?
                .map_err(|error| MailError::Later(error.to_string()))
        })
    }
}

fn mailbox(address: &str) -> Result<Mailbox, BadSetting> {
    address.parse().map_err(|_| BadSetting(format!("`{address}` is not a mail address")))
}

fn message(from: &Mailbox, mail: &Mail) -> Result<Message, MailError> {
    let to: Mailbox = mail
        .to
        .parse()
        .map_err(|_| MailError::Refused(format!("`{}` is not a mail address", mail.to)))?;
    let host = from.email.domain();
    Message::builder()
        .message_id(Some(format!("<{}@{host}>", mail.id)))
        .from(from.clone())
        .to(to)
        .subject(mail.subject.replace(['\r', '\n'], " "))
        .header(ContentType::TEXT_PLAIN)
        .body(mail.body.clone())
        .map_err(|error| MailError::Refused(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
    use tokio::net::TcpListener;

    fn mail(id: &str) -> Mail {
        let text = |text: &str| text.to_owned();
        Mail {
            id: text(id),
            to: text("Anna Keller <anna@contoso.example>"),
            subject: text("Review due\nX-Evil: yes"),
            body: text("Please answer.\n.\nEnd"),
        }
    }

    #[tokio::test]
    async fn a_mail_sent_twice_into_a_folder_is_one_file_with_its_id() {
        let folder = tempfile::tempdir().expect("a folder");
        let mailer = FilesMailer::new(folder.path().join("mail"), "golive@contoso.example")
            .expect("it is right");
        for _ in 0..2 {
            mailer.send(&mail("msg_1")).await.expect("it is written");
        }
        let files: Vec<_> =
            std::fs::read_dir(folder.path().join("mail")).expect("a folder").collect();
        assert_eq!(files.len(), 1);
        let text = std::fs::read_to_string(folder.path().join("mail/msg_1.eml")).expect("a file");
        assert!(text.contains("Message-ID: <msg_1@contoso.example>"), "{text}");
        assert!(!text.contains("\r\nX-Evil"), "{text}");
    }

    #[tokio::test]
    async fn an_address_that_is_none_is_refused_for_good() {
        let folder = tempfile::tempdir().expect("a folder");
        let mailer = FilesMailer::new(folder.path().to_owned(), "golive@contoso.example")
            .expect("it is right");
        let bad = Mail { to: "nobody".to_owned(), ..mail("msg_2") };
        assert!(matches!(mailer.send(&bad).await, Err(MailError::Refused(_))));
        assert!(FilesMailer::new(folder.path().to_owned(), "nobody").is_err());
    }

    /// A server that speaks just enough SMTP, answers RCPT as told, and gives back what it was sent.
    async fn server(rcpt: &'static str) -> (String, tokio::task::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("smtp://{}", listener.local_addr().expect("an address"));
        let task = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("a client");
            let (read, mut write) = stream.split();
            let (mut lines, mut data, mut all) =
                (BufReader::new(read).lines(), false, String::new());
            write.write_all(b"220 hello\r\n").await.expect("it reads");
            while let Ok(Some(line)) = lines.next_line().await {
                all.push_str(&line);
                all.push('\n');
                let answer = match line.split([' ', ':']).next().unwrap_or_default() {
                    "." if data => "250 taken\r\n",
                    _ if data => continue,
                    "RCPT" => rcpt,
                    "DATA" => "354 go on\r\n",
                    "QUIT" => "221 bye\r\n",
                    _ => "250 fine\r\n",
                };
                data = line == "DATA";
                if write.write_all(answer.as_bytes()).await.is_err() {
                    break;
                }
            }
            all
        });
        (url, task)
    }

    #[tokio::test]
    async fn an_smtp_server_takes_the_mail_with_its_id() {
        let (url, task) = server("250 fine\r\n").await;
        let mailer = SmtpMailer::new(&url, "golive@contoso.example").expect("it is right");
        mailer.send(&mail("msg_3")).await.expect("it is taken");
        drop(mailer);
        let all = task.await.expect("it has ended");
        assert!(
            all.contains("Message-ID: <msg_3@contoso.example>") && all.contains("\n..\n"),
            "{all}"
        );
    }

    #[tokio::test]
    async fn a_refusal_is_for_good_and_a_busy_server_is_for_later() {
        let (url, _task) = server("550 no such user\r\n").await;
        let mailer = SmtpMailer::new(&url, "golive@contoso.example").expect("it is right");
        assert!(matches!(mailer.send(&mail("msg_4")).await, Err(MailError::Refused(_))));
        let (url, _task) = server("451 later\r\n").await;
        let mailer = SmtpMailer::new(&url, "golive@contoso.example").expect("it is right");
        assert!(matches!(mailer.send(&mail("msg_5")).await, Err(MailError::Later(_))));
        let nobody =
            SmtpMailer::new("smtp://127.0.0.1:1", "golive@contoso.example").expect("it is right");
        assert!(matches!(nobody.send(&mail("msg_6")).await, Err(MailError::Later(_))));
    }
}
