//! Ten people come in one after the other, in the real window, in Kazakh, with the keyboard: the
//! scenarios of a front office, each with what has to be true at its end.

use std::path::Path;
use system_tests::driver::{Window, keys};
use system_tests::program::cli;
use system_tests::rpc::{DeskProcess, lines, password_file, set_up};
use system_tests::texts::Texts;

const TROUBLE: &str = "#trouble";

/// The window and what it says.
struct Desk {
    w: Window,
    t: Texts,
}

impl Desk {
    /// The words of a person who just came in.
    async fn hears(&self, words: &str) {
        self.w.chord(keys::CONTROL, 'n').await;
        self.w.types(TROUBLE, words).await;
    }

    /// Waits until the theme is suggested, and takes it.
    async fn takes_the_theme(&self, theme: &str) {
        self.w.sees(theme).await;
        self.w.chord(keys::ALT, keys::ENTER).await;
        self.w.sees(self.t.say("intake.help.taken")).await;
    }

    async fn finishes(&self, with: &str) {
        self.w.chord(keys::CONTROL, keys::ENTER).await;
        self.w.sees(self.t.part(with)).await;
    }

    async fn sees(&self, id: &str) {
        self.w.sees(self.t.part(id)).await;
    }

    async fn clicks(&self, id: &str) {
        self.w.clicks(self.t.part(id)).await;
    }

    async fn field(&self, placeholder: &str, text: &str) {
        let css = format!("input[placeholder^='{}']", self.t.part(placeholder));
        self.w.types(&css, text).await;
    }
}

/// Nothing is printed to look at here.
fn no_viewer(dir: &Path) -> std::path::PathBuf {
    use std::os::unix::fs::PermissionsExt as _;
    let script = dir.join("viewer.sh");
    std::fs::write(&script, "#!/bin/sh\n").unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    script
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_people_come_in() {
    let dir = tempfile::tempdir().unwrap();
    let profile = dir.path().join("desk");
    set_up(&profile, "Әлиева", None);
    let file = password_file(dir.path());
    let second = ["--surname", "Байжанов", "--given", "Ерлан", "--role", "officer"];
    lines(
        cli(&profile)
            .arg("--password-file")
            .arg(&file)
            .arg("officer-add")
            .args(second)
            .args(["--new-password-file", file.to_str().unwrap()]),
    );
    let mut desk = DeskProcess::start(&profile);
    desk.ok("settings_set", serde_json::json!({ "language": "kk" }));
    desk.end();
    let w = Window::open(&profile, &no_viewer(dir.path())).await;
    let d = Desk { w, t: Texts::of("kk") };
    d.sees("session.sign_in").await;
    d.w.clicks("Әлиева").await;
    d.w.signs_in().await;

    a_cold_home(&d).await;
    a_loud_neighbour(&d).await;
    a_paper(&d).await;
    violence(&d).await;
    a_swindle(&d).await;
    a_rude_officer(&d).await;
    nobody_knows(&d).await;
    two_troubles(&d).await;
    the_neighbour_of_a_case(&d).await;
    a_family(&d).await;
    a_slip_is_taken_back(&d).await;
    d.w.close().await;
}

/// 1. No heating, a baby: advice and a request, the address alone leaves.
async fn a_cold_home(d: &Desk) {
    d.hears("Екінші күн пәтерде жылу жоқ, батареялар мұздай, сәби бар").await;
    d.takes_the_theme("Жылу жоқ, үй суық").await;
    d.field("intake.where.placeholder", "Әуезов, 12").await;
    d.field("intake.who.placeholder", "8 701 123 45 67").await;
    d.w.chord(keys::CONTROL, '1').await;
    d.sees("intake.advice.label").await;
    d.w.sees("Жылумен жабдықтау кәсіпорны").await;
    d.w.shot("ten-01-cold").await;
    d.finishes("intake.done.case").await;
}

/// 2. The police do it themselves: an action of the district inspectors.
async fn a_loud_neighbour(d: &Desk) {
    d.hears("Көршілер түнде қатты музыка қосып, шулап ұйықтатпайды").await;
    d.takes_the_theme("Шу, тыныштық").await;
    d.sees("intake.task.unit").await;
    d.w.shot("ten-02-noise").await;
    d.finishes("intake.done.case").await;
}

/// 3. Only a question: two actions, no case.
async fn a_paper(d: &Desk) {
    d.hears("Сотталмағаны туралы анықтаманы қайдан алуға болады").await;
    d.sees("intake.outcome.suggested").await;
    d.finishes("intake.done.advice").await;
}

/// 4. A sign of crime: КУИ first, the crisis centre beside it, nothing of the words stays.
async fn violence(d: &Desk) {
    d.hears("Күйеуім ұрып-соқты, үйге барудан қорқамын").await;
    d.sees("intake.flag.register").await;
    d.w.chord(keys::CONTROL, '5').await;
    d.w.types("#kui", "26-9001").await;
    d.clicks("intake.crime.crisis").await;
    let social = format!("input[placeholder^='{}']", d.t.part("intake.crime.social_hint"));
    d.w.types(&social, "Баспана мен заңгер керек").await;
    d.w.shot("ten-04-violence").await;
    d.finishes("intake.done.case").await;
}

/// 5. A swindle: registered, and no case of ours.
async fn a_swindle(d: &Desk) {
    d.hears("Банктен қоңырау шалып, картамдағы ақшаны алаяқтар аударып алды").await;
    d.sees("intake.flag.register").await;
    d.w.chord(keys::CONTROL, '5').await;
    d.w.types("#kui", "26-9002").await;
    d.finishes("intake.done.crime").await;
}

/// 6. A complaint about an officer: a colleague outside the circle does not find it.
async fn a_rude_officer(d: &Desk) {
    d.hears("Полиция қызметкері маған дөрекі сөйлеп, қорлады").await;
    d.takes_the_theme("Полицейге шағым").await;
    d.finishes("intake.done.case").await;
    d.w.chord(keys::CONTROL, 'l').await;
    d.sees("session.sign_in").await;
    d.w.clicks("Байжанов").await;
    d.w.signs_in().await;
    d.w.chord(keys::CONTROL, 'k').await;
    d.w.types("[role=dialog] input", "дөрекі").await;
    d.sees("search.none").await;
    d.w.shot("ten-06-not-found").await;
    d.w.press(keys::ESCAPE).await;
    d.w.chord(keys::CONTROL, 'l').await;
    d.sees("session.sign_in").await;
    d.w.clicks("Әлиева").await;
    d.w.signs_in().await;
}

/// 7. “I do not know” is a way: a colleague answers for it by name.
async fn nobody_knows(d: &Desk) {
    d.hears("Түнде еден астынан оғаш дыбыс шығады").await;
    d.w.chord(keys::CONTROL, '6').await;
    d.sees("intake.undecided.text").await;
    let who = d.w.find(".pane input[role=combobox]").await;
    who.send_keys(&format!("{}Байжанов", "\u{E003}".repeat(20))).await.unwrap();
    d.w.clicks("Байжанов").await;
    d.w.shot("ten-07-unknown").await;
    d.finishes("intake.done.case").await;
    d.clicks("intake.done.open").await;
    d.w.sees("Жолданымға жауапты: Байжанов").await;
}

/// 8. Two troubles of one visit go to two bodies.
async fn two_troubles(d: &Desk) {
    d.hears("Көшеде шамдар жанбайды").await;
    d.takes_the_theme("Көше не аула жарығы жоқ").await;
    d.w.chord(keys::ALT, 'i').await;
    d.w.types("#issue-0 input[role=combobox]", "су ж").await;
    d.w.clicks("Су жоқ").await;
    d.w.sees("Сумен жабдықтау").await;
    d.w.clicks("Сумен жабдықтау").await;
    d.w.shot("ten-08-two").await;
    d.finishes("intake.done.case").await;
    d.clicks("intake.done.open").await;
    d.w.sees("Сумен жабдықтау").await;
    d.w.sees("Тұрғын үй-коммуналдық").await;
}

/// 9. A neighbour comes with the same trouble: the visit joins the case.
async fn the_neighbour_of_a_case(d: &Desk) {
    d.hears("Бізде де батареялар суық").await;
    d.field("intake.where.placeholder", "Әуезов 12").await;
    d.sees("intake.similar.title").await;
    d.clicks("intake.similar.same").await;
    d.finishes("intake.done.visit").await;
}

/// 10. A family burnt out: one plan of several bodies, led by one officer.
async fn a_family(d: &Desk) {
    d.hears("Үйіміз өртеніп кетті, балалармен баспанасыз, құжатсыз қалдық").await;
    d.w.chord(keys::CONTROL, '6').await;
    d.finishes("intake.done.case").await;
    d.clicks("intake.done.open").await;
    d.clicks("plan.begin").await;
    d.w.types("[role=dialog] textarea", "Құжаттарын қалпына келтіру").await;
    d.w.chord(keys::CONTROL, keys::ENTER).await;
    d.w.sees("1. Құжаттарын қалпына келтіру").await;
    d.clicks("plan.add").await;
    d.w.types("[role=dialog] textarea", "Уақытша баспана").await;
    d.w.clicks("1. Құжаттарын қалпына келтіру").await;
    d.w.chord(keys::CONTROL, keys::ENTER).await;
    d.w.sees("1-қадамнан кейін").await;
    d.w.shot("ten-10-plan").await;
}

/// And a slip: a task ticked too early is taken back by a key.
async fn a_slip_is_taken_back(d: &Desk) {
    d.w.chord(keys::CONTROL, 'k').await;
    d.w.types("[role=dialog] input", "музыка").await;
    d.w.sees("музыка").await;
    d.w.press(keys::ENTER).await;
    d.clicks("case.next.do_task").await;
    d.sees("case.task.finish_title").await;
    d.w.chord(keys::CONTROL, keys::ENTER).await;
    d.sees("case.next.tell_applicant").await;
    d.w.chord(keys::CONTROL, 'z').await;
    d.sees("case.next.do_task").await;
    d.w.shot("ten-11-undone").await;
}
