//! Not yet.
use super::story::Demo;
use anyhow::Result;
pub async fn run(_demo: &mut Demo) -> Result<()> {
    Ok(())
}
