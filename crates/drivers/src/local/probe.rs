//! One HTTP request to a process of this host, with a deadline and a limit. HTTP/1.0, so that the answer ends with the
//! connection; nothing here speaks TLS, because nothing here leaves the host.

use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A health answer is short.
const MOST: u64 = 256 * 1024;

/// Status and body of a GET of `http://HOST:PORT/PATH`.
pub(crate) async fn get(url: &str, deadline: Duration) -> Result<(u16, String), String> {
    tokio::time::timeout(deadline, ask(url))
        .await
        .unwrap_or_else(|_| Err(format!("no answer within {} s", deadline.as_secs())))
}

async fn ask(url: &str) -> Result<(u16, String), String> {
    let rest = url.strip_prefix("http://").ok_or("the address must start with http://")?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let said = |error: std::io::Error| error.to_string();
    let mut stream = TcpStream::connect(host).await.map_err(said)?;
    let request =
        format!("GET /{path} HTTP/1.0\r\nHost: {host}\r\nAccept: application/json\r\n\r\n");
    stream.write_all(request.as_bytes()).await.map_err(said)?;
    let mut bytes = Vec::new();
    stream.take(MOST).read_to_end(&mut bytes).await.map_err(said)?;
    let text = String::from_utf8_lossy(&bytes);
    let (head, body) = text.split_once("\r\n\r\n").ok_or("the answer is not HTTP")?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    Ok((status.ok_or("the answer has no status")?, body.to_owned()))
}
