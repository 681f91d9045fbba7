//! One shift: heating, a neighbour, a certificate, a crime; without a line, then with one, until the
//! people have been answered.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use system_tests::driver::{PATIENCE, Window, keys};
use system_tests::program::{cli, until};
use system_tests::region::{Clerk, Region};
use system_tests::rpc::{lines, password_file, set_up};

const TROUBLE: &str = "#trouble";
const ADDRESS: &str = "input[placeholder^='Улица']";
const WHO: &str = "input[placeholder^='Имя, телефон']";

/// A viewer that keeps what it was given.
fn viewer(dir: &Path) -> (PathBuf, PathBuf) {
    let kept = dir.join("printed");
    std::fs::create_dir_all(&kept).unwrap();
    let script = dir.join("viewer.sh");
    std::fs::write(&script, format!("#!/bin/sh\ncp \"$1\" '{}'\n", kept.display())).unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    (script, kept)
}

fn text_of(pdf: &Path) -> String {
    let out = Command::new("pdftotext").arg("-layout").arg(pdf).arg("-").output().unwrap();
    String::from_utf8(out.stdout).unwrap()
}

/// What a browser or a program elsewhere does meanwhile; it has a runtime of its own.
async fn elsewhere<T: Send + 'static>(act: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(act).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shift_at_the_desk() {
    let dir = tempfile::tempdir().unwrap();
    let region_dir = dir.path().join("region");
    let profile = dir.path().join("desk");
    let (script, printed) = viewer(dir.path());
    let region = {
        let profile = profile.clone();
        elsewhere(move || {
            let mut region = Region::start(&region_dir);
            set_up(&profile, "Әлиева", Some((&region.url(), &region.code())));
            // The server is down all the while.
            region.down();
            region
        })
        .await
    };
    let w = Window::open(&profile, &script).await;
    w.sees("Кто за столом?").await;
    w.signs_in().await;
    w.sees("Стол готов к приёму").await;
    w.shot("01-reception").await;

    no_heating(&w, &printed).await;
    a_neighbour(&w).await;
    a_certificate(&w).await;
    beaten_at_home(&w).await;

    // The process is killed in the middle of an intake: the draft is there.
    w.chord(keys::CONTROL, 'n').await;
    w.types(TROUBLE, "Балабақшада орын жоқ, әке-шешесі жұмыста").await;
    w.sees("Сохранено на этом компьютере").await;
    tokio::time::sleep(Duration::from_millis(1500)).await;
    w.kill().await;
    let w = Window::open(&profile, &script).await;
    w.signs_in().await;
    w.sees("Балабақшада орын жоқ").await;
    w.shot("07-draft").await;

    // The region comes back; nobody at the desk does anything, everything is there.
    let region = elsewhere(move || {
        let mut region = region;
        region.up();
        region
    })
    .await;
    w.sees("Регион подтвердил всё").await;
    let region = the_heat_is_back(&w, region).await;
    not_ours(&w, region).await;
    w.close().await;
    elsewhere(move || what_stayed(&profile)).await;
}

/// No heating, a baby, no IIN: suggested with its reason, advised, referred, with a coupon.
async fn no_heating(w: &Window, printed: &Path) {
    w.chord(keys::CONTROL, 'n').await;
    w.types(TROUBLE, "Второй день нет отопления, дома грудной ребёнок").await;
    w.sees("Нет отопления, холодно в доме").await;
    w.sees("Теплоснабжающее предприятие").await;
    w.chord(keys::ALT, keys::ENTER).await;
    w.types(WHO, "8 701 123 45 67").await;
    w.types(ADDRESS, "Ауэзова, 12, кв. 5").await;
    w.clicks("Совет дан").await;
    w.sees("Что уйдёт").await;
    w.shot("02-intake").await;
    w.chord(keys::CONTROL, keys::ENTER).await;
    w.sees("Обращение ESK-07-2026-1 открыто").await;
    let coupon = printed.join("ESK-07-2026-1.pdf");
    until("the coupon is printed", PATIENCE, || coupon.exists());
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(text_of(&coupon).contains("ESK-07-2026-1"), "the coupon carries the number");
    assert!(!text_of(&coupon).contains("отопления"), "and nothing of the trouble");
    w.sees("ждут отправки").await;
    w.shot("03-done").await;
}

/// A neighbour of the same house meets the first case.
async fn a_neighbour(w: &Window) {
    w.chord(keys::CONTROL, 'n').await;
    w.types(TROUBLE, "У нас тоже холодные батареи").await;
    w.types(ADDRESS, "Ауэзова 12").await;
    w.sees("Похожее рядом").await;
    w.sees("то же место").await;
    w.shot("04-neighbour").await;
    w.press(keys::ESCAPE).await;
    w.sees("Мои черновики").await;
}

/// Advice in two actions, no case.
async fn a_certificate(w: &Window) {
    w.chord(keys::CONTROL, 'n').await;
    w.types(TROUBLE, "Где получить справку о несудимости").await;
    w.sees("Справки и свидетельства").await;
    w.chord(keys::CONTROL, keys::ENTER).await;
    w.sees("Совет записан").await;
    w.shot("05-advice").await;
}

/// КУИ first, nothing of it stays, the crisis centre gets the minimum.
async fn beaten_at_home(w: &Window) {
    w.chord(keys::CONTROL, 'n').await;
    w.types(TROUBLE, "Меня избил муж, боюсь идти домой").await;
    w.sees("Сначала КУИ").await;
    w.chord(keys::ALT, keys::ENTER).await;
    w.types("#kui", "26-7781").await;
    w.types("input[placeholder^='например: «Нужны ночлег']", "Нужны ночлег и юрист").await;
    w.clicks("Направить и в кризисный центр").await;
    w.shot("06-crime").await;
    w.chord(keys::CONTROL, keys::ENTER).await;
    w.sees("Обращение ESK-07-2026-2 открыто").await;
}

/// The utility's clerk answers in the browser; the officer checks, calls, and closes with the
/// applicant's own word.
async fn the_heat_is_back(w: &Window, region: Region) -> Region {
    let region = elsewhere(move || {
        let mut clerk = region.clerk("E-HEA");
        let request = only_request(&mut clerk);
        clerk.act(&request, "register", &[("incoming_number", "207")]);
        clerk.act(&request, "accept", &[]);
        let text = "Пуск по стояку выполнен, проверено 23 ноября. Перерасчёт сделает ОСИ до 1 декабря. \
                    Обжаловать можно в управление ЖКХ.";
        clerk.act(&request, "answer", &[("text", text)]);
        region
    })
    .await;
    w.chord(keys::ALT, '1').await;
    w.sees("Проверить ответ").await;
    w.shot("08-answered").await;
    w.clicks("Проверить ответ").await;
    w.sees("Пуск по стояку выполнен").await;
    w.sees("вх. № 207").await;
    // Each stamp tells its proof to a screen reader, and that it is there.
    for stamp in ["доставлено:", "зарегистрировано:", "принято в работу:"]
    {
        w.find(&format!("[role=img][aria-label*='{stamp}']")).await;
    }
    w.shot("09-stamps").await;
    w.clicks("Проверить ответ").await;
    // Five things make an answer; the officer says which are there.
    for has in ["что проверили", "что решили", "кто и когда", "что дальше", "куда обжаловать"]
    {
        w.clicks(has).await;
    }
    w.clicks("Да, ответ по существу").await;
    w.clicks("Сообщить заявителю").await;
    w.clicks("да, решено").await;
    w.types("[role=dialog] textarea", "Снова тепло").await;
    w.shot("10-call").await;
    w.chord(keys::CONTROL, keys::ENTER).await;
    w.sees("Разговор записан").await;
    w.clicks("Закрыть").await;
    w.sees("Закрыть ESK-07-2026-1?").await;
    w.shot("11-close").await;
    w.chord(keys::CONTROL, keys::ENTER).await;
    w.sees("Слово заявителя: да, решено").await;
    w.sees("Снова тепло").await;
    w.shot("12-closed").await;
    region
}

/// “Not ours” comes back as work with its reason and goes to another body.
async fn not_ours(w: &Window, region: Region) {
    w.chord(keys::CONTROL, 'n').await;
    w.types(TROUBLE, "На улице не горят фонари").await;
    w.sees("Отдел ЖКХ").await;
    w.chord(keys::ALT, keys::ENTER).await;
    w.types(ADDRESS, "Абая, 88").await;
    w.chord(keys::CONTROL, keys::ENTER).await;
    w.sees("Обращение ESK-07-2026-3 открыто").await;
    w.sees("Регион подтвердил всё").await;
    let region = elsewhere(move || {
        let mut clerk = region.clerk("E-ZKH");
        let request = only_request(&mut clerk);
        clerk.act(
            &request,
            "reject",
            &[("code", "not_ours"), ("reason", "Двор на балансе объединения собственников")],
        );
        region
    })
    .await;
    w.chord(keys::ALT, '1').await;
    w.sees("Отказали: найти другой путь").await;
    w.clicks("Отказали: найти другой путь").await;
    w.sees("Двор на балансе объединения собственников").await;
    w.shot("13-not-ours").await;
    w.clicks("Направить иначе").await;
    w.sees("Вместо:").await;
    w.shot("14-instead").await;
    w.chord(keys::CONTROL, keys::ENTER).await;
    w.sees("вместо него направлено в другой орган").await;
    w.sees("Регион подтвердил всё").await;
    elsewhere(move || {
        let mut clerk = region.clerk("E-OSI");
        let request = only_request(&mut clerk);
        assert!(clerk.get(&request).contains("не горят фонари"), "the other body has the request");
    })
    .await;
    w.shot("15-sent-again").await;
}

/// What the disk holds after the shift: sound, everybody's words, and nothing of the crime's content.
fn what_stayed(profile: &Path) {
    let file = password_file(profile.parent().unwrap());
    until("the window has let the profile go", PATIENCE, || {
        let mut lock = cli(profile);
        lock.arg("--password-file").arg(&file).arg("lock");
        lock.output().unwrap().status.success()
    });
    let on = |args: &[&str]| {
        let mut command = cli(profile);
        command.arg("--password-file").arg(&file).args(args);
        lines(&mut command)
    };
    assert_eq!(on(&["verify"])[0]["sound"], true);
    let dump = on(&["dump", "--canonical"]);
    let held = |words: &str| dump.iter().any(|line| line.to_string().contains(words));
    assert!(held("Второй день нет отопления") && held("Нужны ночлег и юрист"));
    assert!(held("26-7781"), "the number of the crime's registration stays");
    assert!(!held("избил") && !held("боюсь идти домой"), "its content does not");
}

/// The one request on a clerk's list, as soon as the region has delivered it.
fn only_request(clerk: &mut Clerk) -> String {
    let mut all = Vec::new();
    until("the request is on the clerk's list", PATIENCE, || {
        all = clerk.requests();
        !all.is_empty()
    });
    assert_eq!(all.len(), 1, "{all:?}");
    all[0].clone()
}
