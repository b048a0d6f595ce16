"""Parts of an edition, handed to `publisher worker` on any machine through Procrastinate.

The ledger says to whom what is owed; a job says no more than "deliver this part of this edition".
So a job that is lost, or done twice, costs a look at the ledger and nothing else. The one module
that knows Procrastinate, which needs PostgreSQL; sites with one machine need neither.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from publisher.errors import StoreError
from publisher.model import Part

if TYPE_CHECKING:
    from procrastinate import App

_TASK = "publisher.part"
_QUEUE = "publisher: "  # and the edition's id: jobs are counted by queue
_GLANCE = 0.2  # seconds from one look at `stop` to the next
_HEARTBEAT = 10.0  # seconds; a worker without one for three times as long is dead


class Jobs:
    """The queue of parts in a PostgreSQL database; `conninfo` is libpq's.

    What takes a `connection` (psycopg's) works in its transaction.
    """

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo

    def prepare(self, connection: Any) -> None:
        """Make Procrastinate's tables, or bring them up to the installed version."""
        schema = _schema_manager()
        scripts = sorted(schema.migrations_path.glob("*.sql"))
        connection.execute("CREATE TABLE IF NOT EXISTS publisher_jobs (applied text NOT NULL)")
        known = _applied(connection)
        if known is None:
            connection.execute(schema.SchemaManager.get_schema())
        else:
            for script in scripts:
                if script.name > known:
                    connection.execute(script.read_text(encoding="utf-8"))
        if scripts[-1].name != known:
            newest = (scripts[-1].name,)
            connection.execute("INSERT INTO publisher_jobs (applied) VALUES (%s)", newest)

    def is_ready(self, connection: Any) -> bool:
        """Whether the tables are those of the installed version."""
        there = connection.execute("SELECT to_regclass('publisher_jobs')").fetchone()[0]
        if there is None:
            return False
        newest = max(script.name for script in _schema_manager().migrations_path.glob("*.sql"))
        return bool(_applied(connection) == newest)

    def are_waiting(self, connection: Any, edition: str) -> bool:
        """Whether parts of an edition wait or are being delivered."""
        found = connection.execute(
            "SELECT 1 FROM procrastinate_jobs WHERE queue_name = %s"
            " AND status IN ('todo', 'doing') LIMIT 1",
            (_QUEUE + edition,),
        )
        return found.fetchone() is not None

    def are_left(self, connection: Any) -> bool:
        """Whether parts of any edition wait for a worker."""
        found = connection.execute("SELECT 1 FROM procrastinate_jobs WHERE status = 'todo' LIMIT 1")
        return found.fetchone() is not None

    def defer(self, connection: Any, edition: str, parts: Sequence[Part]) -> None:
        """Hand parts of an edition to whichever workers there are."""
        if parts:
            task = self._app(lambda _edition, _part: None).tasks[_TASK]
            deferrer = task.configure(queue=_QUEUE + edition, connection=connection)
            jobs: list[dict[str, Any]] = [
                {"edition": edition, "first": part.first, "last": part.last} for part in parts
            ]
            deferrer.batch_defer(*jobs)

    def work(
        self,
        carry_out: Callable[[str, Part], None],
        *,
        sweep: Callable[[], None],
        every: float,
        stop: Callable[[], bool],
        once: bool = False,
    ) -> None:
        """Deliver parts as they come, one after another, until `stop` says so.

        `sweep` is called before the first, then every so many seconds. `once`: until none is
        left. `carry_out` heeds `stop` itself; both run in a thread beside the event loop.
        """
        asyncio.run(self._work(carry_out, sweep, every, stop, once=once))

    async def _work(
        self,
        carry_out: Callable[[str, Part], None],
        sweep: Callable[[], None],
        every: float,
        stop: Callable[[], bool],
        *,
        once: bool,
    ) -> None:
        app = self._app(carry_out)
        async with app.open_async():
            await self._bury(app)
            await asyncio.to_thread(sweep)
            worker = asyncio.create_task(
                app.run_worker_async(
                    wait=not once,
                    concurrency=1,
                    delete_jobs="always",
                    install_signal_handlers=False,
                    update_heartbeat_interval=_HEARTBEAT,
                    stalled_worker_timeout=3 * _HEARTBEAT,
                )
            )
            swept = asyncio.get_running_loop().time()
            while not (stop() or worker.done()):
                await asyncio.wait([worker], timeout=_GLANCE)
                if asyncio.get_running_loop().time() - swept >= every and not once:
                    await self._bury(app)
                    await asyncio.to_thread(sweep)
                    swept = asyncio.get_running_loop().time()
            worker.cancel()  # it waits for the part in work, which has seen `stop` as well
            with contextlib.suppress(asyncio.CancelledError):
                await worker

    async def _bury(self, app: App) -> None:
        """Take jobs of dead workers out of the queue: what they left undone the ledger knows."""
        from procrastinate.jobs import Status  # noqa: PLC0415

        manager = app.job_manager
        for job in await manager.get_stalled_jobs(seconds_since_heartbeat=3 * _HEARTBEAT):
            await manager.finish_job(job=job, status=Status.ABORTED, delete_job=True)

    def _app(self, carry_out: Callable[[str, Part], None]) -> App:
        try:
            from procrastinate import App, PsycopgConnector  # noqa: PLC0415
        except ModuleNotFoundError as err:
            raise _missing(err) from None
        app = App(
            connector=PsycopgConnector(conninfo=self._conninfo, min_size=1, max_size=4),
            periodic_defaults={},
        )

        @app.task(name=_TASK)
        def deliver_part(edition: str, first: int, last: int) -> None:
            carry_out(edition, Part(first, last))

        return app


def _applied(connection: Any) -> str | None:
    """The newest of Procrastinate's migrations that this database has."""
    found: str | None = connection.execute("SELECT max(applied) FROM publisher_jobs").fetchone()[0]
    return found


def _schema_manager() -> Any:
    try:
        from procrastinate import schema  # noqa: PLC0415
    except ModuleNotFoundError as err:
        raise _missing(err) from None
    return schema


def _missing(err: ModuleNotFoundError) -> StoreError:
    return StoreError(
        f"what hands parts of an edition to workers is missing: {err.name}",
        mend="pip install 'publisher[postgresql]'",
    )
