"""Socket Mode connections: how one is closed for good, whatever the SDK's own threads do at that moment."""

from functools import partial
from typing import Final

from slack_sdk.socket_mode.builtin import SocketModeClient

from bot.clock import Clock

PATIENCE_SECONDS: Final = 10.0


def close_client(client: SocketModeClient, clock: Clock) -> None:
    """Close a client and wait until its threads have ended; after ten seconds they are left to end by themselves.

    slack_sdk 3.47 has two races here. Its reading thread may set `terminated` back to false right after `close()` has
    set it, and then never ends; and the socket may be closed by both at once, which raises AttributeError.
    """
    closing = clock.start("close-socket", partial(_close, client), daemon=True)
    for _ in range(int(PATIENCE_SECONDS / 0.05)):
        client.current_session_state.terminated = True
        closing.join(0.05)
        if not closing.is_alive():
            return


def _close(client: SocketModeClient) -> None:
    for _ in range(2):
        try:
            client.close()
        except AttributeError:
            continue
        return
