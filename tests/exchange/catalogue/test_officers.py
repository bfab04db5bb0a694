"""Officers: invited once, known by a password or a token of which only hashes are kept."""

from datetime import timedelta

import pytest
import time_machine
from sqlmodel import Session, select

from exchange.catalogue.people import officers
from exchange.messages import NotFound, Refusal
from exchange.models.base import now
from exchange.models.community import Community
from exchange.models.officer import ApiToken, LoginSession, Officer

PASSWORD = "three-villages-one-roof"


def test_an_invitation_works_once_and_sets_the_password(session: Session, loos: Community) -> None:
    _officer, token = officers.invite(session, " Energie@Loos.example ", loos)
    officers.accept_invitation(session, token, PASSWORD)
    assert officers.authenticate(session, "energie@loos.example", PASSWORD) is not None
    with pytest.raises(NotFound):
        officers.accept_invitation(session, token, PASSWORD)


def test_an_invitation_expires(session: Session, loos: Community) -> None:
    _officer, token = officers.invite(session, "energie@loos.example", loos)
    with time_machine.travel(now() + timedelta(days=8)), pytest.raises(NotFound):
        officers.invited(session, token)


@pytest.mark.parametrize("password", ["", "short", "x" * 201])
def test_a_password_too_short_or_too_long_is_refused(
    session: Session, loos: Community, password: str
) -> None:
    _officer, token = officers.invite(session, "energie@loos.example", loos)
    with pytest.raises(Refusal):
        officers.accept_invitation(session, token, password)
    assert officers.invited(session, token).password_hash is None


def test_a_wrong_password_and_an_unknown_mailbox_are_both_nobody(session: Session, loos: Community) -> None:
    _officer, token = officers.invite(session, "energie@loos.example", loos)
    assert officers.authenticate(session, "energie@loos.example", "") is None
    officers.accept_invitation(session, token, PASSWORD)
    assert officers.authenticate(session, "energie@loos.example", PASSWORD + "x") is None
    assert officers.authenticate(session, "nobody@loos.example", PASSWORD) is None


def test_nothing_in_the_database_lets_anyone_in(session: Session, loos: Community) -> None:
    officer, invitation = officers.invite(session, "energie@loos.example", loos)
    assert officer.invitation_hash != invitation
    officers.accept_invitation(session, invitation, PASSWORD)
    token = officers.open_session(session, officer)
    api = officers.issue_token(session, loos, "write")
    kept = str(
        [*session.exec(select(Officer)), *session.exec(select(LoginSession)), *session.exec(select(ApiToken))]
    )
    assert all(secret not in kept for secret in (PASSWORD, token, api, invitation))


def test_a_session_ends_by_log_out_by_time_and_by_a_new_password(session: Session, loos: Community) -> None:
    officer, invitation = officers.invite(session, "energie@loos.example", loos)
    officers.accept_invitation(session, invitation, PASSWORD)
    token = officers.open_session(session, officer)
    assert officers.officer_of(session, token) == officer
    with time_machine.travel(now() + timedelta(hours=13)):
        assert officers.officer_of(session, token) is None
    officers.close_session(session, token)
    assert officers.officer_of(session, token) is None
    token = officers.open_session(session, officer)
    _officer, invitation = officers.invite(session, "energie@loos.example", loos)
    officers.accept_invitation(session, invitation, PASSWORD + "2")
    assert officers.officer_of(session, token) is None


def test_an_officer_acts_for_one_community_and_an_administrator_for_all(
    session: Session, loos: Community, arvieu: Community
) -> None:
    officer, _token = officers.invite(session, "energie@loos.example", loos)
    admin, _token = officers.invite(session, "operator@practices.example", None, "admin")
    assert officers.may(officer, loos)
    assert not officers.may(officer, arvieu)
    assert officers.may(admin, arvieu)
    assert not officers.may(officer, None)


@pytest.mark.parametrize("mailbox", ["", "no-at", "a@b c", "x" * 300 + "@a.example"])
def test_what_is_not_a_mailbox_is_refused(session: Session, loos: Community, mailbox: str) -> None:
    with pytest.raises(Refusal):
        officers.invite(session, mailbox, loos)


def test_an_invitation_moves_nobody_who_acts_already(
    session: Session, loos: Community, arvieu: Community
) -> None:
    _officer, token = officers.invite(session, "energie@loos.example", loos)
    made, _again = officers.invite(session, "energie@loos.example", arvieu)  # it was not used yet
    assert made.community_id == arvieu.id
    made, token = officers.invite(session, "energie@loos.example", loos)
    officers.accept_invitation(session, token, PASSWORD)
    for community, role in ((arvieu, "officer"), (loos, "editor"), (None, "admin")):
        with pytest.raises(Refusal) as refusal:
            officers.invite(session, "energie@loos.example", community, role)
        assert [problem.path for problem in refusal.value.problems] == ["mailbox"]
    assert (made.community_id, made.role) == (loos.id, "officer")
    _same, token = officers.invite(session, "energie@loos.example", loos)  # who lost the password
    assert officers.invited(session, token).id == made.id


def test_the_last_administrator_does_not_become_an_officer(session: Session, loos: Community) -> None:
    _officer, token = officers.invite(session, "it@loos.example", None, "admin")
    officers.accept_invitation(session, token, PASSWORD)
    with pytest.raises(Refusal):
        officers.invite(session, "it@loos.example", loos, "officer")
    assert session.exec(select(Officer)).one().role == "admin"


def test_a_password_of_one_letter_is_refused(session: Session, loos: Community) -> None:
    _officer, token = officers.invite(session, "energie@loos.example", loos)
    for password in ("a" * 16, "abababababab"):
        with pytest.raises(Refusal):
            officers.accept_invitation(session, token, password)
