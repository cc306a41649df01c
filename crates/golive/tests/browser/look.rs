//! What is true of every page.

use super::driver::{Browser, STATUS};
use anyhow::{Result, ensure};
use serde_json::Value;

/// Wide enough for the menu, and a phone.
const WIDTHS: [u32; 2] = [1440, 390];

/// How far the page is wider than its window, and what sticks out.
const TOO_WIDE: &str = "const wide = document.documentElement.scrollWidth - innerWidth;
    if (wide <= 0) return null;
    const out = [...document.body.querySelectorAll('*')].filter(e => e.checkVisibility() && e.getBoundingClientRect().right > innerWidth + 1);
    return wide + ' px: ' + out.slice(-3).map(e => e.outerHTML.slice(0, 120)).join(' | ')";
/// Elements with a style of their own.
const STYLED: &str = "const all = [...document.querySelectorAll('[style]')];
    return all.length ? all.length + ': ' + all[0].outerHTML.slice(0, 160) : null";

/// Looks at the page that is shown; gives what is wrong with it, in words.
pub async fn faults(browser: &Browser, server: &str) -> Result<Vec<String>> {
    let path = browser.path().await?;
    let mut faults = Vec::new();
    let status = browser.ask(STATUS, Value::Null).await?;
    if status != 200 {
        faults.push(format!("status {status}"));
    }
    let headings =
        browser.ask("return document.querySelectorAll('h1').length", Value::Null).await?;
    if headings != 1 {
        faults.push(format!("{headings} headings of the first order"));
    }
    if let Value::String(styled) = browser.ask(STYLED, Value::Null).await? {
        faults.push(format!("style attributes, {styled}"));
    }
    for width in WIDTHS {
        browser.width(width).await?;
        if let Value::String(wide) = browser.ask(TOO_WIDE, Value::Null).await? {
            faults.push(format!("too wide at {width} by {wide}"));
        }
    }
    browser.width(WIDTHS[0]).await?;
    faults.extend(headers(browser, &format!("{server}{path}")).await?);
    let complaints = browser.complaints().await?;
    faults.extend(complaints.iter().map(|said| format!("in the console: {said}")));
    Ok(faults.into_iter().map(|fault| format!("{path}: {fault}")).collect())
}

/// The policy for content stands in the answer and allows nothing unsafe.
async fn headers(browser: &Browser, url: &str) -> Result<Vec<String>> {
    let answer = browser.answer(url).await?;
    let mut faults = Vec::new();
    if answer.status() != 200 {
        faults.push(format!("asked for once more, it is {}", answer.status()));
    }
    match answer.headers().get("content-security-policy").and_then(|value| value.to_str().ok()) {
        None => faults.push("there is no Content-Security-Policy".to_owned()),
        Some(policy) if !policy.contains("default-src") || policy.contains("unsafe-") => {
            faults.push(format!("Content-Security-Policy: {policy}"));
        }
        Some(_) => {}
    }
    Ok(faults)
}

/// The eye itself: what is put wrong into the page that is shown is seen.
pub async fn sees(browser: &Browser, server: &str) -> Result<()> {
    let clean = faults(browser, server).await?;
    ensure!(clean.is_empty(), "{clean:#?}");
    let wrong = "<h1 style='color: red'>Two</h1><pre>".to_owned() + &"wide".repeat(500) + "</pre>";
    let script = "document.getElementById('main').insertAdjacentHTML('beforeend', arguments[0])";
    browser.ask(script, wrong.into()).await?;
    let seen = faults(browser, server).await?.join("\n");
    for fault in
        ["2 headings", "style attributes", "too wide at 1440", "too wide at 390", "in the console"]
    {
        ensure!(seen.contains(fault), "{fault} is not seen: {seen}");
    }
    Ok(())
}
