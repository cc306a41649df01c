//! Amounts as they are printed: exact, never a floating-point number.

use serde::{Deserialize, Serialize};

/// Digits behind the point that are kept.
const SCALE: u32 = 9;

/// An amount with up to nine digits behind the point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Decimal(i128);

impl Decimal {
    /// The amount without its sign.
    #[must_use]
    pub fn abs(self) -> Self {
        Self(self.0.saturating_abs())
    }

    /// The difference of two amounts.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

/// A text that is no amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no amount such as -1234.56")]
pub struct BadAmount(String);

impl std::str::FromStr for Decimal {
    type Err = BadAmount;
    fn from_str(text: &str) -> Result<Self, BadAmount> {
        let bad = || BadAmount(text.chars().take(60).collect());
        let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !plain(whole) || !plain(fraction) || whole.len() > 20 || fraction.len() > SCALE as usize
        {
            return Err(bad());
        }
        let padded = format!("{whole}{fraction:0<width$}", width = SCALE as usize);
        let value: i128 = padded.parse().map_err(|_| bad())?;
        Ok(Self(if negative { -value } else { value }))
    }
}

impl TryFrom<String> for Decimal {
    type Error = BadAmount;
    fn try_from(text: String) -> Result<Self, BadAmount> {
        text.parse()
    }
}

impl From<Decimal> for String {
    fn from(amount: Decimal) -> Self {
        amount.to_string()
    }
}

impl std::fmt::Display for Decimal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let unit = 10_u128.pow(SCALE);
        let value = self.0.unsigned_abs();
        let fraction = format!("{:0>width$}", value % unit, width = SCALE as usize);
        // Two digits behind the point at least, as amounts are written.
        let fraction = format!("{:0<2}", fraction.trim_end_matches('0'));
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{}.{fraction}", value / unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn amounts_are_exact() {
        assert_eq!(amount("0.30"), Decimal(amount("0.1").0 + amount("0.2").0));
        assert_eq!(amount("4218730.12").minus(amount("4218730.13")).to_string(), "-0.01");
        assert_eq!(amount("-0.05").abs().to_string(), "0.05");
        assert_eq!(amount("9482").to_string(), "9482.00");
        assert_eq!(amount("-1.234567891").to_string(), "-1.234567891");
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in [
            "",
            "-",
            "1,5",
            "1.",
            ".5",
            "1e3",
            "NaN",
            " 1",
            "1.1234567891",
            "123456789012345678901",
        ] {
            assert!(text.parse::<Decimal>().is_err(), "{text}");
        }
    }

    #[test]
    fn an_amount_is_written_and_read_as_text() {
        let text = serde_json::to_string(&amount("-12.5")).unwrap();
        assert_eq!(
            (text.as_str(), serde_json::from_str::<Decimal>(&text).unwrap()),
            ("\"-12.50\"", amount("-12.5"))
        );
    }
}
