//! The service: sign-in, pages, the ledger, what only the administrator may do.

use crate::ground::{Ground, PASSWORD, example};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A service that runs in this process.
struct Erp {
    ground: Ground,
    port: u16,
    task: tokio::task::JoinHandle<u8>,
}

struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Erp {
    async fn start(package: &str) -> Self {
        let ground = Ground::new().await;
        ground.filled(package).await;
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .and_then(|free| free.local_addr())
            .expect("a port")
            .port();
        let text = |path: std::path::PathBuf| path.display().to_string();
        let options = [
            ("database", text(ground.path("erp.sqlite"))),
            ("port", port.to_string()),
            ("modules", text(example(package).join("modules"))),
            ("log", text(ground.path("log"))),
            ("key", text(ground.path("key"))),
            ("environment", "env_1".to_owned()),
            ("name", "contoso-sandbox".to_owned()),
        ];
        let options = options.into_iter().flat_map(|(name, value)| [format!("--{name}"), value]);
        let line: Vec<String> = std::iter::once("serve".to_owned()).chain(options).collect();
        let task = tokio::spawn(golive_demo_erp::run(line));
        while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            assert!(!task.is_finished(), "it serves");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Self { ground, port, task }
    }

    async fn ask(&self, method: &str, path: &str, headers: &str, body: &str) -> Answer {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.expect("it listens");
        let kind = if body.starts_with('{') {
            "application/json"
        } else {
            "application/x-www-form-urlencoded"
        };
        let (host, length) = (format!("127.0.0.1:{}", self.port), body.len());
        let head = format!(
            "{method} {path} HTTP/1.0\r\nHost: {host}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n"
        );
        stream.write_all(format!("{head}{headers}\r\n{body}").as_bytes()).await.expect("it reads");
        let mut text = String::new();
        stream.read_to_string(&mut text).await.expect("it answers");
        let (head, body) = text.split_once("\r\n\r\n").expect("HTTP");
        let status =
            head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        Answer { status, head: head.to_owned(), body: body.to_owned() }
    }

    /// Signs in by the form and answers the header that says who is asking.
    async fn sign_in(&self, login: &str) -> String {
        let body = format!("login={login}&password={}", PASSWORD.replace(' ', "+"));
        let answer = self.ask("POST", "/login", "", &body).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        let cookie = answer
            .head
            .lines()
            .find_map(|line| line.strip_prefix("set-cookie: "))
            .expect("a cookie");
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
        format!("Cookie: {}\r\n", cookie.split(';').next().expect("its name and value"))
    }
}

impl Drop for Erp {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[tokio::test]
async fn every_page_is_there_for_who_is_signed_in_and_for_nobody_else() {
    let erp = Erp::start("contoso-1.1").await;
    let user = erp.sign_in("anna.keller").await;
    for (path, text) in [
        ("/", "Customers and vendors"),
        ("/parties", "Garden centre"),
        ("/items", "Spade"),
        ("/ledger", "All balances sum to <strong>0.00</strong>"),
        ("/prices", "winter"),
        ("/shop", "W000001"),
        ("/system", "Encrypted fields"),
    ] {
        let stranger = erp.ask("GET", path, "", "").await;
        assert!(stranger.status == 303 && stranger.head.contains("location: /login"), "{path}");
        let page = erp.ask("GET", path, &user, "").await;
        assert!(page.status == 200 && page.body.contains(text), "{path}: {}", page.body);
        assert!(page.body.contains("contoso-sandbox") && !page.body.contains("style="), "{path}");
        assert!(page.head.contains("content-security-policy: default-src 'self'"), "{}", page.head);
    }
    assert_eq!(erp.ask("POST", "/logout", &user, "").await.status, 303);
    assert_eq!(erp.ask("GET", "/", &user, "").await.status, 303, "the session has ended");
}

#[tokio::test]
async fn wrong_passwords_and_disabled_accounts_get_the_same_answer() {
    let erp = Erp::start("contoso-1.0").await;
    let user = erp.sign_in("anna.keller").await;
    erp.ground.execute("UPDATE account SET active = 0 WHERE login = 'anna.keller'").await;
    assert_eq!(
        erp.ask("GET", "/", &user, "").await.status,
        303,
        "an open session ends with the account"
    );
    let disabled = erp.ask("POST", "/login", "", "login=anna.keller&password=correct+horse").await;
    let wrong = erp.ask("POST", "/login", "", "login=anna.keller&password=no").await;
    assert_eq!((disabled.status, disabled.body), (401, wrong.body));
}

#[tokio::test]
async fn an_entry_is_posted_with_both_lines_or_not_at_all() {
    let erp = Erp::start("contoso-1.0").await;
    let user = erp.sign_in("anna.keller").await;
    let lines = erp.ground.number("SELECT count(*) FROM journal_line").await;
    let good = "day=2027-04-05&text=Rent&debit=5000&credit=1200&amount=1250.50";
    assert_eq!(erp.ask("POST", "/ledger", &user, good).await.status, 303);
    for bad in [
        "day=2027-04-05&text=Rent&debit=5000&credit=5000&amount=1",
        "day=2027-04-05&text=Rent&debit=5000&credit=9999&amount=1",
        "day=2027-04-05&text=Rent&debit=5000&credit=1200&amount=-1",
        "day=tomorrow&text=Rent&debit=5000&credit=1200&amount=1",
    ] {
        assert_eq!(erp.ask("POST", "/ledger", &user, bad).await.status, 422, "{bad}");
    }
    assert_eq!(erp.ground.number("SELECT count(*) FROM journal_line").await, lines + 2);
    assert_eq!(erp.ground.number("SELECT sum(amount) FROM journal_line").await, 0);
    let other_site = format!("{user}Origin: http://evil.example\r\n");
    assert_eq!(erp.ask("POST", "/ledger", &other_site, good).await.status, 403);
}

#[tokio::test]
async fn after_a_copy_the_administrator_enters_what_was_cleared() {
    let erp = Erp::start("contoso-1.0").await;
    golive_demo_erp::neutralise::run(&erp.ground.args("neutralise", &[]))
        .await
        .expect("neutralise");
    let admin = erp.sign_in("admin").await;
    let page = erp.ask("GET", "/system", &admin, "").await.body;
    assert!(
        page.contains("held") && page.contains("disabled") && page.contains(">empty<"),
        "{page}"
    );
    for body in [
        "action=enable-account&name=anna.keller",
        "action=release-job&name=dunning",
        "action=set-mail-host&name=default&value=smtp.example",
        "action=set-address&name=bank&value=https://bank.example/",
        "action=set-field&name=bank-pin&value=1234",
    ] {
        assert_eq!(erp.ask("POST", "/system/change", &admin, body).await.status, 303, "{body}");
    }
    let user = erp.sign_in("anna.keller").await;
    let refused =
        erp.ask("POST", "/system/change", &user, "action=release-job&name=stock-value").await;
    assert_eq!(refused.status, 403);
    assert!(erp.ask("GET", "/system", &user, "").await.body.contains("smtp.example"));
    assert_eq!(
        erp.ground.number("SELECT count(*) FROM protected_value WHERE length(cipher) > 0").await,
        1
    );
}

#[tokio::test]
async fn health_asks_the_database_and_the_api_knows_who_is_asking() {
    let erp = Erp::start("contoso-1.0").await;
    let healthy = erp.ask("GET", "/health", "", "").await;
    assert!(
        healthy.status == 200 && healthy.body.contains(r#""environment":"env_1""#),
        "{}",
        healthy.body
    );
    assert_eq!(erp.ask("GET", "/api/parties", "", "").await.status, 401);
    let login = format!(r#"{{"login":"admin","password":"{PASSWORD}"}}"#);
    let token = erp.ask("POST", "/api/login", "", &login).await.body;
    let token = token.split('"').nth(3).expect("a token").to_owned();
    let bearer = format!("Authorization: Bearer {token}\r\n");
    let parties = erp.ask("GET", "/api/parties", &bearer, "").await;
    assert!(
        parties.status == 200 && parties.body.matches("code").count() == 40,
        "{}",
        parties.body
    );
    let posting =
        r#"{"day":"2027-04-05","text":"x","debit":"5000","credit":"1200","amount":"1.00"}"#;
    assert_eq!(erp.ask("POST", "/api/journal", &bearer, posting).await.status, 200);
    erp.ground.execute("UPDATE module SET version = '0.9' WHERE name = 'item'").await;
    let failing = erp.ask("GET", "/health", "", "").await;
    assert!(failing.status == 503 && failing.body.contains("the release"), "{}", failing.body);
}
