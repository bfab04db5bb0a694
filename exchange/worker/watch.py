"""Whether anybody has written to the database: a look that costs next to nothing, where the database has one."""

from exchange.db import Database


class Watch:
    """Notices that another connection, of this process or of another, has committed to the SQLite file.

    SQLite keeps a number for this and reads no table to answer.
    """

    def __init__(self, database: Database) -> None:
        self._connection = database.engine.raw_connection()
        self._last = self._number()

    def changed(self) -> bool:
        """Whether something was committed since the last time this was asked."""
        number = self._number()
        changed, self._last = number != self._last, number
        return changed

    def close(self) -> None:
        self._connection.close()

    def _number(self) -> int:
        cursor = self._connection.cursor()
        try:
            cursor.execute("PRAGMA data_version")
            row = cursor.fetchone()
            return int(row[0]) if row else 0
        finally:
            cursor.close()
