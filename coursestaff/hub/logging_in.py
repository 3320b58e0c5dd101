"""Log in with an account of this machine; the password of a slip is changed on the way in."""

from jupyterhub.auth import PAMAuthenticator, pamela
from tornado.concurrent import run_on_executor
from tornado.web import HTTPError

from coursestaff.hub import accounts

EXPIRED = 12  # PAM_NEW_AUTHTOK_REQD
SHORTEST = 10  # characters of a password of one's own


class SlipAuthenticator(PAMAuthenticator):
    """PAM, and a password of one's own before anything else.

    PAM refuses an expired password without a word about it. Here the log-in page takes a new one
    along with that of the slip; when it is set, PAM decides as ever.
    """

    async def authenticate(self, handler, data):
        """Return the account's name if PAM lets it in, None if not.

        Raises:
            HTTPError: the password is a slip's and no new one is given, or one that will not do;
                the log-in page shows its message.

        """
        password = await self._current_password(data)
        name = data.get("username", "")
        return await super().authenticate(handler, {"username": name, "password": password})

    @run_on_executor
    def _current_password(self, data) -> str:
        """Return the password to log in with: the new one, where a slip's has just been changed."""
        account, password = data.get("username", ""), data.get("password", "")
        if not accounts.has_first_password(account) or not self._is_right(account, password):
            return password
        new = chosen(password, data.get("new", ""), data.get("again", ""))
        accounts.set_passwords({account: new})
        return new

    def _is_right(self, account: str, password: str) -> bool:
        try:
            pamela.authenticate(account, password, service=self.service, encoding=self.encoding)
        except pamela.PAMError as problem:
            return problem.errno == EXPIRED  # said of the right password only
        return True


def chosen(slip: str, new: str, again: str) -> str:
    """Return the password that somebody has chosen in place of the slip's.

    Raises:
        HTTPError: there is none, or it will not do; the message is for the log-in page.

    """
    if not new:
        raise HTTPError(
            403,
            (
                "You have logged in with the password from your slip. Choose a password of your "
                "own below."
            ),
        )
    if new != again:
        raise HTTPError(403, "The two new passwords are not the same. Type both once more.")
    if len(new) < SHORTEST or new == slip or not new.isprintable():
        raise HTTPError(
            403,
            f"Choose another password. It needs at least {SHORTEST} characters and must not be "
            "the one from your slip.",
        )
    return new
