"""Every verb in every way it can go, one row each: what is there before, how it is asked, and what it writes down.

test_one_transaction.py breaks each port call of each row; test_personal_data.py looks at what a row enters and logs.
"""

from tests.usecases import (
    rows_of_clips,
    rows_of_corrections,
    rows_of_counts,
    rows_of_decisions,
    rows_of_feed,
    rows_of_lists,
    rows_of_notes,
    rows_of_proofs,
    rows_of_recordings,
    rows_of_runs,
    rows_of_sealing,
    rows_of_sessions,
    rows_of_witnesses,
)

ROWS = (
    *rows_of_recordings.ROWS,
    *rows_of_clips.ROWS,
    *rows_of_corrections.ROWS,
    *rows_of_counts.ROWS,
    *rows_of_decisions.ROWS,
    *rows_of_feed.ROWS,
    *rows_of_lists.ROWS,
    *rows_of_notes.ROWS,
    *rows_of_proofs.ROWS,
    *rows_of_runs.ROWS,
    *rows_of_sealing.ROWS,
    *rows_of_sessions.ROWS,
    *rows_of_witnesses.ROWS,
)
