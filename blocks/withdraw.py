"""The form that asks once before a message is taken back."""

from blocks.drawing import Block, modal, plain, plain_text
from transforms.publish.draft import Draft


def withdraw_form(draft: Draft, reference: str) -> Block:
    """Which message, and why; the reason stays inside."""
    told = (
        f"The customer then reads only the fixed notice in place of {draft.title}. Notifications and copies that were "
        "delivered already cannot be taken back."
    )
    reason = {
        "type": "input",
        "block_id": "withdraw-reason",
        "label": plain_text("Why (stays inside)", 200),
        "element": {"type": "plain_text_input", "action_id": "reason", "max_length": 500},
        "optional": False,
    }
    return modal(
        "Withdraw", [plain(told), reason], callback="withdraw_form", reference=reference, submit="Withdraw now"
    )
