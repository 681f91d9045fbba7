//! A new profile, its officers, and joining a region.

use super::signed_in;
use crate::args::{Cli, Command};
use crate::rpc;
use esik_app::api::{Enroll, JoinAgain, NewOfficer, ProfileCreate, Refusal};
use esik_app::{Desk, refusal};
use esik_domain::catalog::{CIRCLES, Lang};
use esik_domain::event::Role;
use esik_domain::policy::Permission;
use serde_json::{Value, json};
use std::process::ExitCode;

pub fn init(desk: &Desk, cli: &Cli, command: &Command) -> Result<ExitCode, Refusal> {
    let Command::Init { surname, given, patronymic, post, role, circle, language } = command else {
        return Err(refusal("bad_request"));
    };
    let language = Lang::from_code(language).ok_or_else(|| refusal("bad_request"))?;
    let (role, circles) = (read_role(role)?, read_circles(circle)?);
    let officer = NewOfficer {
        surname: surname.clone(),
        given: given.clone(),
        patronymic: patronymic.clone(),
        post: post.clone(),
        role: Some(role),
        circles,
        password: rpc::password(cli)?,
    };
    let state =
        esik_app::session::create::profile_create(desk, ProfileCreate { officer, language })
            .map_err(Refusal::from)?;
    crate::print(&json!({
        "officer": state.session.map(|s| s.officer),
        "profile": desk.dir().to_string_lossy(),
    }));
    Ok(ExitCode::SUCCESS)
}

pub fn officer_add(desk: &Desk, cli: &Cli, command: &Command) -> Result<ExitCode, Refusal> {
    let Command::OfficerAdd { surname, given, patronymic, post, role, circle, new_password_file } =
        command
    else {
        return Err(refusal("bad_request"));
    };
    let (role, circles) = (read_role(role)?, read_circles(circle)?);
    signed_in(desk, cli, Permission::Administer)?;
    let before: Vec<_> = desk.officers().into_iter().map(|o| o.id).collect();
    let officer = NewOfficer {
        surname: surname.clone(),
        given: given.clone(),
        patronymic: patronymic.clone(),
        post: post.clone(),
        role: Some(role),
        circles,
        password: rpc::first_line(new_password_file)?,
    };
    let state = esik_app::session::create::officer_add(desk, officer).map_err(Refusal::from)?;
    let added = state.officers.into_iter().find(|o| !before.contains(&o.id));
    crate::print(&json!({ "officer": added.map(|o| o.id) }));
    Ok(ExitCode::SUCCESS)
}

pub fn enroll(desk: &Desk, cli: &Cli, server: &str, code: &str) -> Result<ExitCode, Refusal> {
    signed_in(desk, cli, Permission::Administer)?;
    let request = Enroll { server: server.to_owned(), code: code.to_owned() };
    let state = esik_app::sync::enroll::profile_enroll(desk, request).map_err(Refusal::from)?;
    crate::print(&json!({ "enrolled": state.enrolled, "station": state.station }));
    Ok(ExitCode::SUCCESS)
}

pub fn join_again(
    desk: &Desk,
    cli: &Cli,
    code: &str,
    new_warrant: bool,
) -> Result<ExitCode, Refusal> {
    signed_in(desk, cli, Permission::Desk)?;
    let request = JoinAgain { code: code.to_owned(), new_warrant };
    let state = esik_app::sync::again::profile_join_again(desk, request).map_err(Refusal::from)?;
    let life = desk.opened().map_err(Refusal::from)?.incarnation;
    crate::print(
        &json!({ "enrolled": state.enrolled, "station": state.station, "incarnation": life }),
    );
    Ok(ExitCode::SUCCESS)
}

fn read_role(text: &str) -> Result<Role, Refusal> {
    serde_json::from_value::<Role>(Value::String(text.to_owned()))
        .ok()
        // The region is no person who signs in.
        .filter(|role| *role != Role::Region && role.is_known())
        .ok_or_else(|| refusal("bad_request"))
}

fn read_circles(circles: &[String]) -> Result<Vec<String>, Refusal> {
    if circles.iter().all(|c| CIRCLES.contains(&c.as_str())) {
        Ok(circles.to_vec())
    } else {
        Err(refusal("bad_request"))
    }
}
