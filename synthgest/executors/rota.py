"""The rota: shots still to hand out, and what becomes of those that a worker did not give back."""

from collections import Counter, deque
from collections.abc import Iterator, Sequence

from synthgest.data.publish import Publisher
from synthgest.errors import SynthgestError
from synthgest.executors.task import Job, Outcome, Ticket
from synthgest.takes import Spoilt
from synthgest.types import Attempt

CRASHES = 3
"""Workers that one shot may take down before it is given up."""


class Rota:
    """Hands out shots in batches; one that was there when a worker died goes alone from then on, and takes no other with it."""

    def __init__(self, job: Job, tickets: Sequence[Ticket]) -> None:
        self.job = job
        self.waiting = deque(tickets)
        self._crashes: Counter[str] = Counter()
        self._fruitless = 0  # deaths since the last clip, of any worker

    def next_batch(self) -> list[Ticket]:
        """The next shots, at most a batch of the recipe's size; none when none wait."""
        batch: list[Ticket] = []
        while self.waiting and len(batch) < self.job.recipe.batch:
            suspect = self.waiting[0].id in self._crashes
            if suspect and batch:
                break
            batch.append(self.waiting.popleft())
            if suspect:
                break
        return batch

    def given_back(self) -> None:
        """A worker had an outcome."""
        self._fruitless = 0

    def lost(self, pending: Sequence[Ticket], how: str, *, hung: bool, begun: bool = True) -> Iterator[Outcome]:
        """A worker ended: its shots go to the back of the queue, but those that ended too many, which are given up.

        how: it ended, for messages. begun: whether it was ever ready for shots. SynthgestError if workers keep dying without a
        single outcome.
        """
        if pending or not begun:
            self._fruitless += 1
            if self._fruitless > 10 * CRASHES:
                raise SynthgestError(f"workers keep dying (the last {how}); run `synthgest doctor`")
        alone = len(pending) == 1
        for ticket in pending:
            self._crashes[ticket.id] += alone
            if self._crashes[ticket.id] == CRASHES:
                yield self._given_up(ticket, how, hung=hung)
            else:
                self.waiting.append(ticket)

    def _given_up(self, ticket: Ticket, how: str, *, hung: bool) -> Outcome:
        shot = ticket.shot(self.job)
        what = f"gave no sign of life for {self.job.recipe.patience:g} s" if hung else how
        reason, message = "hang" if hung else "crash", f"the worker {what}, {CRASHES} times"
        publisher = Publisher(folder=self.job.path, config=self.job.config, licence=self.job.licence)
        attempt = Attempt(seed=shot.seed, reason=reason, message=message)
        publisher.publish_failure(Spoilt(shot=shot, attempts=(attempt,)))
        return Outcome(id=shot.id, gesture=shot.gesture.name, reason=reason, message=message)
