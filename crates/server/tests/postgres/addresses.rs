//! What may stand in a database's address, and what is said of the rest.

use super::certificates::Authority;
use esik_server::store::postgres::Address;

fn refused(text: &str) -> String {
    Address::parse(text, None).unwrap_err().to_string()
}

#[test]
fn an_address_names_everything_but_the_password() {
    assert!(Address::parse("postgres://esik@127.0.0.1:5432/esik", Some("x")).is_ok());
    assert!(Address::parse("postgres://esik@%2Fvar%2Frun%2Fpostgresql/esik", None).is_ok());
    for secret in
        ["postgres://esik:secret@localhost/esik", "postgres://esik:sec?ret@localhost/esik"]
    {
        let said = refused(secret);
        assert!(said.contains("password") && !said.contains("ret@"), "{said}");
    }
    assert!(refused("postgres://localhost/esik").contains("no user"));
    assert!(refused("postgres://esik@localhost:x/esik").contains("cannot be read"));
}

/// B30 (part): in the clear to this machine only, whatever it is called.
#[test]
fn another_machine_is_not_spoken_to_in_the_clear() {
    for far in [
        "db.example.kz/esik",
        "localhost,db.example.kz/esik",
        // The number leads elsewhere than the name.
        "localhost/esik?hostaddr=10.0.0.5",
        "/esik?host=db.example.kz",
    ] {
        let said = refused(&format!("postgres://esik@{far}"));
        assert!(said.contains("sslmode=verify-full&sslrootcert=FILE"), "{far}: {said}");
    }
    assert!(Address::parse("postgres://esik@localhost/esik?hostaddr=127.0.0.2", None).is_ok());
}

/// B30 (part): whatever would be weaker than it looks is refused with what to write.
#[test]
fn there_is_one_kind_of_encrypted_line() {
    for host in ["localhost", "db.example.kz"] {
        for mode in ["disable", "allow", "prefer", "require", "verify-ca", "VERIFY-FULL", ""] {
            let said = refused(&format!("postgres://e@{host}/esik?sslmode={mode}"));
            assert!(said.contains("sslmode=verify-full&sslrootcert="), "{host}, {mode}: {said}");
        }
        let said = refused(&format!("postgres://e@{host}/esik?sslmode=verify-full"));
        assert!(said.contains("needs `sslrootcert=FILE`"), "{said}");
        let said = refused(&format!("postgres://e@{host}/esik?sslrootcert=x"));
        assert!(said.contains("`sslmode=verify-full`"), "{said}");
    }
    let full = "postgres://e@db/esik?sslmode=verify-full&sslrootcert=x";
    assert!(refused(&format!("{full}&sslcert=y")).contains("sslkey"));
    assert!(refused(&format!("{full}&sslkey=y")).contains("sslcert"));
}

#[test]
fn a_file_that_holds_no_certificate_is_named() {
    let dir = tempfile::tempdir().unwrap();
    // A name that an address can only hold with its signs resolved.
    let file = dir.path().join("біздің 100%.pem");
    let told =
        file.to_str().unwrap().replace('%', "%25").replace(' ', "%20").replace('д', "%D0%B4");
    let full = format!(
        "postgres://e@db.example.kz:7/esik?options=-c%20a%3Db&sslmode=verify-full&sslrootcert={told}"
    );
    for text in [
        None,
        Some(""),
        Some("x"),
        Some("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"),
    ] {
        if let Some(text) = text {
            std::fs::write(&file, text).unwrap();
        }
        let said = refused(&full);
        assert!(said.contains("біздің 100%.pem: "), "{said}");
    }
    std::fs::write(&file, Authority::new(&rcgen::PKCS_ECDSA_P256_SHA256).pem()).unwrap();
    let taken = Address::parse(&full, None).unwrap();
    // The rest of the address is as it was.
    assert_eq!(taken.describe(), "postgres://db.example.kz:7/esik?options=-c a=b");
    let socket = full.replace("db.example.kz:7", "%2Fvar%2Frun%2Fpostgresql");
    assert!(refused(&socket).contains("Unix socket"));
}
