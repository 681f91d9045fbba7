//! Made-up data of every paper, so that a template can be looked at before anybody gets it.
//!
//! One file a paper, `papers/specimen/<id>.json`: what its layout reads. A test holds them against what the
//! papers really give; `ESIK_WRITE_GOLDEN=1` writes them anew.

/// What the layout of a paper reads, JSON; nothing for a paper this program does not know.
pub(crate) fn data(id: &str) -> Option<&'static str> {
    Some(match id {
        "advice" => include_str!("../papers/specimen/advice.json"),
        "answer" => include_str!("../papers/specimen/answer.json"),
        "coupon" => include_str!("../papers/specimen/coupon.json"),
        "escalation" => include_str!("../papers/specimen/escalation.json"),
        "extension" => include_str!("../papers/specimen/extension.json"),
        "extension_notice" => include_str!("../papers/specimen/extension_notice.json"),
        "journal" => include_str!("../papers/specimen/journal.json"),
        "owed_list" => include_str!("../papers/specimen/owed_list.json"),
        "protocol" => include_str!("../papers/specimen/protocol.json"),
        "redirect" => include_str!("../papers/specimen/redirect.json"),
        "redirect_notice" => include_str!("../papers/specimen/redirect_notice.json"),
        "referral" => include_str!("../papers/specimen/referral.json"),
        "register" => include_str!("../papers/specimen/register.json"),
        "round" => include_str!("../papers/specimen/round.json"),
        "shift" => include_str!("../papers/specimen/shift.json"),
        "terms" => include_str!("../papers/specimen/terms.json"),
        "training" => include_str!("../papers/specimen/training.json"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use crate::tests::samples as s;
    use crate::{
        Document, ExtensionDecision, ExtensionNotice, RedirectLetter, RedirectNotice, Template,
        Templates,
    };
    use std::path::Path;

    fn same<D: Document>(paper: &D) {
        let values = paper.values().unwrap().json();
        let text = serde_json::to_string_pretty(&values).unwrap() + "\n";
        let file = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join(format!("papers/specimen/{}.json", D::TEMPLATE));
        if std::env::var_os("ESIK_WRITE_GOLDEN").is_some() {
            std::fs::write(&file, &text).unwrap();
        }
        let kept: serde_json::Value =
            serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
        assert_eq!(kept, values, "{}: not what the paper gives", D::TEMPLATE);
    }

    #[test]
    fn the_made_up_data_are_what_papers_really_give() {
        same(&s::advice());
        same(&s::answer());
        same(&s::cold_flat());
        same(&s::escalation());
        same(&ExtensionDecision(&s::extension()));
        same(&ExtensionNotice(&s::extension()));
        same(&s::journal());
        same(&s::owed_list(6));
        same(&s::protocol());
        same(&RedirectLetter(&s::redirect()));
        same(&RedirectNotice(&s::redirect()));
        same(&s::letter_with_details());
        same(&s::register(9));
        same(&s::round());
        same(&s::shift());
        same(&s::terms());
        same(&s::training());
    }

    fn file(id: &str, version: u32) -> String {
        let name = format!("papers/{id}.{version}.toml");
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
    }

    #[test]
    fn every_shipped_paper_can_be_looked_at() {
        for template in Templates::shipped().unwrap().all() {
            let made = Template::check(&file(&template.id, template.version)).unwrap();
            assert!(!made.specimen().unwrap().pictures().unwrap().is_empty(), "{}", made.id);
        }
    }

    #[test]
    fn what_no_desk_could_print_is_told_with_its_place() {
        let good = file("advice", 2);
        let line = |text: &str| text.lines().position(|l| l.contains("'''")).unwrap();
        let broken = good.replacen("'''", "'''\n#no_such_name", 1);
        let told = Template::check(&broken).unwrap_err().to_string();
        assert!(told.contains("layout, line 2: ") && told.contains("no_such_name"), "{told}");
        assert!(line(&good) > 0);
        let unknown = good.replace("id = \"advice\"", "id = \"decree\"");
        assert!(Template::check(&unknown).unwrap_err().to_string().contains("decree"));
        let uneven = good.replacen("kk = \"", "kk = \"{x} ", 1);
        assert!(Template::check(&uneven).unwrap_err().to_string().contains("holes"));
        let endless = good.replacen("'''", "'''\n#while true {}", 1);
        assert!(Template::check(&endless).is_err(), "typst gives up by itself");
        let toml = good.replace("version = 2", "version = ");
        assert!(Template::check(&toml).unwrap_err().to_string().contains("line "), "{toml}");
    }
}
