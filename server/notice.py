"""The notice to the person and to guests in French and English; each change is a new version."""

# ruff: noqa: RUF001 - French is written with its own apostrophe

from scheduling.notice_text import ON_RECORDING

VERSION = "2026-1"
VERSION_WITHOUT = "2026-1-none"
"""Of the text that is read where the post's country accepts no recording."""

TEXTS: dict[str, tuple[str, ...]] = {
    "fr": (
        (
            "Vous allez parler par vidéo avec un agent du consulat de {country}. Il veut savoir si vous "
            "êtes de ce pays, pour décider s’il vous délivre un document de voyage."
        ),
        (
            "Le centre est présent mais ne prend pas part à l’entretien. L’agent du consulat prend des "
            "notes et peut garder l’image d’un document que vous montrez."
        ),
        (
            "Si vous êtes d’accord, l’image et le son sont enregistrés. L’enregistrement est scellé\u00a0: "
            "seul le service qui surveille ces entretiens peut l’ouvrir. Vous pouvez dire non\u202f; "
            "l’entretien a alors lieu sans enregistrement, et cela ne vous porte pas préjudice."
        ),
        (
            "Vous pouvez à tout moment demander une pause, demander à parler seul avec votre avocat, ou "
            "arrêter. Pendant une pause, rien n’est enregistré ni noté."
        ),
        "Vous pouvez demander à savoir ce qui est gardé, et le faire corriger.",
    ),
    "en": (
        (
            "You are about to speak by video with an officer of the consulate of {country}. The officer "
            "wants to know whether you come from that country, to decide whether to issue you a travel "
            "document."
        ),
        (
            "The centre is present but takes no part in the interview. The officer takes notes and may "
            "keep the picture of a document that you show."
        ),
        (
            "If you agree, picture and sound are recorded. The recording is sealed: only the authority "
            "that supervises these interviews can open it. You may say no; the interview is then held "
            "without recording, and that is not held against you."
        ),
        (
            "At any time you may ask for a pause, ask to speak with your lawyer alone, or stop. During a "
            "pause nothing is recorded or noted."
        ),
        "You may ask what is kept, and have it corrected.",
    ),
}
NOTHING_RECORDED = {
    "fr": "L’image et le son ne sont pas enregistrés\u00a0: le pays de l’agent ne l’accepte pas.",
    "en": "Picture and sound are not recorded: the officer’s country does not accept it.",
}
"""What is read instead of the section about recording where the officer's country accepts none."""


def texts(*, is_recorded: bool) -> dict[str, tuple[str, ...]]:
    """Give the notice by language: with the question of recording, or saying that nothing is recorded."""
    if is_recorded:
        return TEXTS
    return {
        code: (*text[:ON_RECORDING], NOTHING_RECORDED[code], *text[ON_RECORDING + 1 :])
        for code, text in TEXTS.items()
    }


GUEST_TEXTS: dict[str, tuple[str, ...]] = {
    "fr": (
        (
            "L’entretien peut être enregistré, image et son, si la personne est d’accord. L’enregistrement "
            "est scellé\u00a0: seul le service qui surveille ces entretiens peut l’ouvrir."
        ),
        (
            "Vous pouvez refuser d’être enregistré\u00a0: vous prenez part à l’entretien de la même façon, "
            "et rien de votre image ni de votre voix n’est gardé."
        ),
        "Vous pouvez demander à savoir ce qui est gardé, et le faire corriger.",
    ),
    "en": (
        (
            "The interview may be recorded, picture and sound, if the person agrees. The recording is "
            "sealed: only the authority that supervises these interviews can open it."
        ),
        (
            "You may refuse to be recorded: you take part in the interview all the same, and nothing of your "
            "picture or voice is kept."
        ),
        "You may ask what is kept, and have it corrected.",
    ),
}
"""What a guest reads at the door, of the same version."""
