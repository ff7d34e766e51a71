"""What happens in an interview that is held without a line: by telephone, or face to face."""

from scheduling.booking import Modality
from server.i18n import Language, mark

MODALITIES = {
    Modality.VIDEO: mark("Video"),
    Modality.AUDIO: mark("Audio only"),
    Modality.TELEPHONE: mark("Telephone"),
    Modality.IN_PERSON: mark("In person"),
}


def how_it_is_held(modality: Modality, telephone: str, reader: Language) -> str:
    """Say who does what; empty where the room of the server is the place. `telephone` is the centre's."""
    _ = reader.gettext
    if modality is Modality.IN_PERSON:
        return _("Face to face, at the centre or at the post as both have agreed. No line is opened.")
    if modality is Modality.TELEPHONE and telephone:
        return _("The post calls the centre: %(telephone)s. No line is opened.", telephone=telephone)
    if modality is Modality.TELEPHONE:
        return _("The post and the room speak by telephone: agree beforehand who calls. No line is opened.")
    return ""


def calendar_title(modality: Modality, reference: str, reader: Language) -> str:
    """Name an entry of a calendar: the reference, and how it is held where nobody opens a line."""
    _ = reader.gettext
    title = f"{_('Interview')} {reference}"
    return title if modality.uses_line else f"{title}, {_(MODALITIES[modality]).lower()}"
