"""Batch plans: a resumed run has to make the same engine calls, where the engine answers by the company it is given."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, insert, select, update

from shopglot.errors import StoreError
from shopglot.store.connection import inserting
from shopglot.store.encoding import canonical, load
from shopglot.store.records import Batch
from shopglot.store.schema import batches, plans


def plan(connection: Connection, run_id: int, window_key: str, market: str, attempt: int) -> tuple[Batch, ...] | None:
    """Return the saved batches in their order, None where no plan was saved; an empty plan is ()."""
    plan_id = connection.scalar(
        select(plans.c.id).where(
            plans.c.run_id == run_id,
            plans.c.window_key == window_key,
            plans.c.market == market,
            plans.c.attempt == attempt,
        )
    )
    if plan_id is None:
        return None
    rows = connection.execute(select(batches).where(batches.c.plan_id == plan_id).order_by(batches.c.number))
    return tuple(
        Batch(
            plan_id=plan_id,
            run_id=run_id,
            number=row.number,
            machine_keys=tuple(load(row.machine_keys)),
            done=row.done,
        )
        for row in rows
    )


def save_plan(
    connection: Connection, run_id: int, window_key: str, market: str, attempt: int, keys: Sequence[Sequence[str]]
) -> tuple[Batch, ...]:
    """Save which machine keys go into which batch, and return the batches; a plan that is there already stands."""
    standing = plan(connection, run_id, window_key, market, attempt)
    if standing is not None:
        return standing
    new = inserting(connection.dialect.name, plans).on_conflict_do_nothing().returning(plans.c.id)
    values = {"run_id": run_id, "window_key": window_key, "market": market, "attempt": attempt}
    plan_id = connection.scalar(new, values)
    if plan_id is None:  # a worker that lost its lease, and does not know it yet, has just planned the same
        return plan(connection, run_id, window_key, market, attempt) or ()
    made = tuple(
        Batch(plan_id=plan_id, run_id=run_id, number=number, machine_keys=tuple(batch))
        for number, batch in enumerate(keys)
    )
    if made:
        connection.execute(
            insert(batches),
            [
                {
                    "plan_id": plan_id,
                    "number": batch.number,
                    "machine_keys": canonical(batch.machine_keys),
                    "done": False,
                }
                for batch in made
            ],
        )
    return made


def finish_batch(connection: Connection, batch: Batch) -> None:
    """Note that the batch's answers are in the memory; call it in the transaction that writes them."""
    marked = connection.execute(
        update(batches).where(batches.c.plan_id == batch.plan_id, batches.c.number == batch.number).values(done=True)
    )
    if marked.rowcount != 1:
        raise StoreError(
            f"run {batch.run_id}: batch {batch.number} belongs to no plan; was the run finished or abandoned?"
        )
