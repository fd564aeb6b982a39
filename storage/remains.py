"""What stands of rounds beside the main database, judged before anything there is replaced.

A restored backup forgets rounds whose answers are still there: files know better than an older database.
"""

from __future__ import annotations

import re

from sqlalchemy import func, select
from sqlalchemy.exc import DatabaseError

from storage.keyfile import KeyFileError, read
from storage.stores import StoreMissingError, Stores, Token, is_damage

_NAME = re.compile(r"round-(\d+)\.(?:key|db)(?:-\w+)?")


def rounds_left(stores: Stores) -> set[int]:
    """Numbers of the rounds of which a key file, or a store's file, stands in the folder; none without the folder.

    On PostgreSQL the boxes go with the main database: there the key files alone can know more than it does.
    """
    if not stores.folder.is_dir():
        return set()
    names = (_NAME.fullmatch(one.name) for one in stores.folder.iterdir())
    return {int(found[1]) for found in names if found}


def took_answers(stores: Stores, round_number: int) -> bool:
    """Whether there is evidence that a round took answers: its key file notes some, or closing, or its store holds
    a token. What a crashed opening left is no evidence, nor is what cannot be read.

    Raises another OSError or DatabaseError when they are there and cannot be read now.
    """
    try:
        keys = read(stores.key_path(round_number), round_number)
    except KeyFileError:
        return _has_tokens(stores, round_number)
    keys.close()
    return keys.mark > 0 or keys.is_closing or _has_tokens(stores, round_number)


def _has_tokens(stores: Stores, round_number: int) -> bool:
    try:
        engine = stores.open(round_number)
    except StoreMissingError:
        return False
    try:
        with engine.begin() as db:
            return db.execute(select(func.count()).select_from(Token)).scalar_one() > 0
    except DatabaseError as error:
        if is_damage(error):
            return False
        raise
    finally:
        engine.dispose()
