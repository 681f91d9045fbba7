//! Files in the real window: from the scanner's folder with the keyboard, dropped, pasted, picked.

use serde_json::json;
use std::path::Path;
use std::time::Duration;
use system_tests::driver::{PATIENCE, Window, keys};
use system_tests::program::until;
use system_tests::rpc::set_up;

const TROUBLE: &str = "#trouble";

/// Files that lie sealed in the profile.
pub(super) fn sealed(profile: &Path) -> usize {
    std::fs::read_dir(profile.join("files")).map_or(0, |entries| {
        entries.filter(|e| e.as_ref().unwrap().file_name().len() == 64).count()
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_is_attached_with_the_keyboard_and_files_come_by_hand_too() {
    let dir = tempfile::tempdir().unwrap();
    let (profile, scans) = (dir.path().join("desk"), dir.path().join("сканер"));
    std::fs::create_dir(&scans).unwrap();
    {
        let profile = profile.clone();
        tokio::task::spawn_blocking(move || set_up(&profile, "Әлиева", None)).await.unwrap();
    }
    let w = Window::open(&profile, Path::new("/bin/true")).await;
    w.signs_in().await;
    w.clicks("Настройки").await;
    w.types("#scan-path", &scans.join("нет").to_string_lossy()).await;
    w.press(keys::ENTER).await;
    w.sees("Папка сканера не найдена").await;
    std::fs::rename(&scans, dir.path().join("away")).unwrap();
    std::fs::create_dir_all(scans.join("нет")).unwrap();
    w.press(keys::ENTER).await;
    w.sees("Не смотреть в папку").await;
    w.shot("files-1-folder").await;
    let scans = scans.join("нет");

    w.chord(keys::CONTROL, 'n').await;
    w.types(TROUBLE, "Во дворе яма, ребёнок упал").await;
    w.sees("Сохранено на этом компьютере").await;
    let scan = scans.join("Скан 1.pdf");
    std::fs::write(&scan, b"%PDF-1.7 a letter from the akimat").unwrap();
    w.sees("Приложить и удалить из папки").await;
    w.shot("files-2-offered").await;
    w.chord(keys::ALT, 'f').await;
    w.sees("Из папки сканера удалено").await;
    until("the scan is gone from the folder", PATIENCE, || !scan.exists());
    assert_eq!(sealed(&profile), 1);

    let by_hand = r#"
        const [kind, name] = arguments;
        const data = new DataTransfer();
        data.items.add(new File(['\u00ff a picture'], name, { type: 'image/jpeg' }));
        const event = kind === 'drop'
          ? new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: data })
          : new ClipboardEvent('paste', { bubbles: true, cancelable: true, clipboardData: data });
        document.querySelector('#trouble').dispatchEvent(event);
        return event.defaultPrevented;
    "#;
    for (n, (kind, name)) in [("drop", "яма.txt"), ("paste", "подъезд.txt")].iter().enumerate()
    {
        let taken = w.client.execute(by_hand, vec![json!(kind), json!(name)]).await.unwrap();
        assert_eq!(taken, json!(true), "{kind}");
        until(name, PATIENCE, || sealed(&profile) == n + 2);
        w.sees(name).await;
    }
    // The picker's own window is the system's; what it gives is what the driver gives here.
    let picked = dir.path().join("двор.txt");
    std::fs::write(&picked, "двор").unwrap();
    w.find("input[type=file]").await.send_keys(&picked.to_string_lossy()).await.unwrap();
    w.sees("двор.txt").await;
    until("the picked one is kept", PATIENCE, || sealed(&profile) == 4);
    tokio::time::sleep(Duration::from_millis(300)).await;
    w.shot("files-3-kept").await;
    w.close().await;
}
