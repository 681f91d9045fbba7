//! One shift: heating, a neighbour, a certificate, a crime; without a line, then with one.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use system_tests::driver::{PATIENCE, Window, keys};
use system_tests::program::until;
use system_tests::region::Region;
use system_tests::rpc::set_up;

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

#[tokio::test(flavor = "multi_thread")]
async fn a_shift_at_the_desk() {
    let dir = tempfile::tempdir().unwrap();
    let region_dir = dir.path().join("region");
    let profile = dir.path().join("desk");
    let (script, printed) = viewer(dir.path());
    let (region, ready) = {
        let profile = profile.clone();
        tokio::task::spawn_blocking(move || {
            let mut region = Region::start(&region_dir);
            set_up(&profile, "Әлиева", Some((&region.url(), &region.code())));
            region.down();
            (region, true)
        })
        .await
        .unwrap()
    };
    assert!(ready);
    let w = Window::open(&profile, &script).await;
    w.sees("Кто за столом?").await;
    w.signs_in().await;
    w.sees("Стол готов к приёму").await;
    w.shot("01-reception").await;

    // No heating, a baby, no IIN; the server is down all the while.
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
    w.sees("ESK-07-2026-1").await;
    let coupon = printed.join("ESK-07-2026-1.pdf");
    until("the coupon is printed", PATIENCE, || coupon.exists());
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(text_of(&coupon).contains("ESK-07-2026-1"), "the coupon carries the number");
    assert!(!text_of(&coupon).contains("отопления"), "and nothing of the trouble");
    w.sees("ждут отправки").await;
    w.shot("03-done").await;

    // A neighbour of the same house meets the first case.
    w.chord(keys::CONTROL, 'n').await;
    w.types(TROUBLE, "У нас тоже холодные батареи").await;
    w.types(ADDRESS, "Ауэзова 12").await;
    w.sees("Похожее рядом").await;
    w.sees("то же место").await;
    w.shot("04-neighbour").await;
    w.press(keys::ESCAPE).await;
    w.sees("Мои черновики").await;

    // A certificate: advice in two actions, no case.
    w.chord(keys::CONTROL, 'n').await;
    w.types(TROUBLE, "Где получить справку о несудимости").await;
    w.sees("Справки и свидетельства").await;
    w.chord(keys::CONTROL, keys::ENTER).await;
    w.sees("Совет записан").await;
    w.shot("05-advice").await;

    // Beaten at home: КУИ first, nothing of it stays, the crisis centre gets the minimum.
    w.chord(keys::CONTROL, 'n').await;
    w.types(TROUBLE, "Меня избил муж, боюсь идти домой").await;
    w.sees("Сначала КУИ").await;
    w.chord(keys::ALT, keys::ENTER).await;
    w.types("#kui", "26-7781").await;
    w.types("input[placeholder^='например: «Нужны ночлег']", "Нужны ночлег и юрист").await;
    w.clicks("Направить и в кризисный центр").await;
    w.shot("06-crime").await;
    w.chord(keys::CONTROL, keys::ENTER).await;
    w.sees("ESK-07-2026-2").await;

    // The process is killed in the middle of an intake: the draft is there.
    w.chord(keys::CONTROL, 'n').await;
    w.types(TROUBLE, "Балабақшада орын жоқ, әке-шешесі жұмыста").await;
    w.sees("Сохранено на этом компьютере").await;
    tokio::time::sleep(Duration::from_millis(1500)).await;
    w.kill().await;
    let w = Window::open(&profile, &script).await;
    w.signs_in().await;
    w.sees("Балабақшада орын жоқ").await;

    // The region comes back; nobody does anything, everything is there.
    let mut region = region;
    let region = tokio::task::spawn_blocking(move || {
        region.up();
        region
    })
    .await
    .unwrap();
    w.sees("Регион подтвердил всё").await;
    tokio::task::spawn_blocking(move || {
        let mut clerk = region.clerk("E-HEA");
        let request = clerk.requests().remove(0);
        clerk.act(&request, "register", &[("incoming_number", "207")]);
        clerk.act(&request, "accept", &[]);
        clerk.act(&request, "answer", &[("text", "Пуск по стояку выполнен, проверено 23 ноября")]);
        region.admin(&["device", "list"]);
        std::thread::sleep(Duration::from_millis(10));
        region
    })
    .await
    .unwrap();
    w.close().await;
}
