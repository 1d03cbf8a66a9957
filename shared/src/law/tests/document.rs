//! The page for merchants says what the data says.

use super::*;

const PAGE: &str = include_str!("../../../../www/docs/law.md");

#[test]
fn the_page_for_merchants_has_every_row_and_no_other() {
    let subjects = [
        (Subject::Expiry, "## How long a card must last"),
        (Subject::CashOut, "## What is left, in cash"),
        (Subject::Remainder, "## What may not be taken away"),
        (Subject::Points, "## Points"),
        (Subject::Disclosure, "## What must be told"),
        (Subject::UnclaimedProperty, "## What nobody spent"),
    ];
    let mut tables = 0;
    for (subject, heading) in subjects {
        let expected = table(subject);
        let (_, section) = PAGE.split_once(heading).unwrap_or_else(|| panic!("no section: {heading}"));
        let section = section.split("\n## ").next().unwrap();
        let found: Vec<&str> = section.lines().filter(|line| line.starts_with('|')).collect();
        assert_eq!(
            found.join("\n"),
            expected.join("\n"),
            "the table under {heading} must be:\n{}\n",
            expected.join("\n")
        );
        tables += found.len();
    }
    assert_eq!(PAGE.lines().filter(|line| line.starts_with('|')).count(), tables, "a table that no rule stands for");
    assert!(PAGE.contains("not legal advice"));
}

fn table(subject: Subject) -> Vec<String> {
    let mut lines =
        vec!["| place | rule | cards | from | source | reviewed |".into(), "|---|---|---|---|---|---|".to_owned()];
    for row in rows().iter().filter(|row| row.subject == subject) {
        let kinds: Vec<String> = row.kinds.iter().map(|kind| format!("`{}`", kind.name())).collect();
        let note = row.note.as_ref().map(|note| format!(" ({note})")).unwrap_or_default();
        lines.push(format!(
            "| {} | {}{note} | {} | {} | {} | {} |",
            row.jurisdiction,
            words(&row.rule),
            kinds.join(", "),
            row.effective_from,
            row.source,
            row.reviewed_on
        ));
    }
    lines
}

fn words(rule: &Rule) -> String {
    let sum = |amount: Amount, currency: Currency| format!("{} {}", amount.decimal(currency), currency.code());
    let or_used = |little: &Little| {
        little.or_used_percent.map(|share| format!(", or when {share} % are used")).unwrap_or_default()
    };
    match rule {
        Rule::NoneFound => "none found".into(),
        Rule::NoExpiry => "may not expire".into(),
        Rule::YearsFromIssue(years) => format!("{years} years from issue"),
        Rule::YearsFromLoad(years) => format!("{years} years from issue or the last load"),
        Rule::YearsFromEndOfYear(years) => {
            format!("{years} years from the end of the year of issue or of the last load")
        }
        Rule::CashBelow(little) => format!("less than {}{}", sum(little.amount, little.currency), or_used(little)),
        Rule::CashAtMost(little) => format!("at most {}{}", sum(little.amount, little.currency), or_used(little)),
        Rule::UsableAbove(above) => format!("more than {} stays usable", sum(above.amount, above.currency)),
        Rule::Points(rule) => {
            let mut words = vec!["not by time alone".to_owned()];
            words.extend(rule.inactive_years.map(|years| format!("after at least {years} year without activity")));
            words.extend(rule.notice_days.map(|days| format!("notice {} to {} days before", days.least, days.most)));
            let exempt = rule.exempt_up_to;
            words
                .extend(exempt.map(|up_to| format!("rewards of at most {} exempt", sum(up_to.amount, up_to.currency))));
            words.join("; ")
        }
        Rule::Disclose(told) => told.iter().map(|told| format!("`{}`", told.name())).collect::<Vec<_>>().join(", "),
        Rule::ReportedAfter(rule) => format!("{} % reported after {} years", rule.percent, rule.years),
        Rule::NotReported => "not reported".into(),
    }
}
