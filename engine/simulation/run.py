"""The run of one replication: events in the order of time, tokens through the diagram."""

from bisect import bisect_left
from collections.abc import Callable, Iterable
from heapq import heappop, heappush

from engine.simulation.chance import Chance
from engine.simulation.clocks import Clocks
from engine.simulation.figures import Replication, StepFigures
from engine.simulation.joins import Joins
from engine.simulation.model import NEVER, Boundary, Deadline, Model, Node, Occurrence, Span
from engine.simulation.state import Case, Pool, Scope, Visit
from engine.simulation.working_time import WEEK_HOURS

_Event = tuple[float, int, Callable[..., None], tuple[object, ...]]
_ARRIVAL = "arrival"


def replicate(model: Model, span: Span, replication: int, *, joins: Joins) -> Replication:
    """Run once.

    Args:
        model: what is simulated.
        span: how long.
        replication: number of the run; chance differs from run to run.
        joins: of this model; the same for all runs.
    """
    return _Run(model, span, Chance(span.seed, replication), joins).result()


class _Run:
    """One run; every method happens at `self.now`."""

    def __init__(self, model: Model, span: Span, chance: Chance, joins: Joins) -> None:
        self.model, self.span, self.chance, self.joins = model, span, chance, joins
        self.now = 0.0
        self.begin = span.warm_up_weeks * WEEK_HOURS
        self.end = self.begin + span.weeks * WEEK_HOURS
        self.figures = Replication(breaches=[0] * span.weeks)
        self._heap: list[_Event] = []
        self._count = 0
        self._moves: list[tuple[Scope, str]] = []
        self._touched: list[Scope] = []
        self._cases: list[tuple[float, float]] = []
        self._open: dict[int, Case] = {}
        self._pools = {
            role.id: Pool(role, role.staff)
            for role in model.roles.values()
            if role.staff is not None
        }
        self._clocks = Clocks(self)
        self._has_levels = bool(model.levels)

    def result(self) -> Replication:
        """Run to the end and measure."""
        self._arrive_next(0)
        while self._heap and self._heap[0][0] < self.end:
            self.now, _, action, given = heappop(self._heap)
            action(*given)
            self._drain()
        self.now = self.end
        self._measure()
        return self.figures

    def at(self, hour: float, action: Callable[..., None], *given: object) -> None:
        """Let something happen at an hour; nothing that lies behind the end."""
        if hour < self.end:
            self._count += 1
            heappush(self._heap, (hour, self._count, action, given))

    @property
    def counts(self) -> bool:
        """Whether the warm-up is over."""
        return self.now >= self.begin

    # Cases

    def _arrive_next(self, index: int) -> None:
        gap = self.model.arrivals.at(self.chance.draw(index, _ARRIVAL))
        self.at(self.now + gap, self._arrive, index)

    def _arrive(self, index: int) -> None:
        case = self._open[index] = Case(index, self.now)
        self.figures.all_arrived += 1
        self.figures.arrived += self.counts
        self._clocks.opened(case)
        root = Scope(case, None)
        for start in self.model.starts:
            self._enter(root, self.model.nodes[start], "")
        self._touched.append(root)
        self._arrive_next(index + 1)

    def _close(self, case: Case) -> None:
        del self._open[case.index]
        self._clocks.closed(case)
        self._cases.append((case.begin, self.now))
        self.figures.all_ended += 1
        if self.counts:
            self.figures.ended += 1
            self.figures.cycle_hours.append(self.now - case.begin)

    def _give_up(self, scope: Scope) -> None:
        """Drop a case that would never come to an end."""
        while scope.around is not None:
            scope = scope.around.scope
        if scope.is_alive:
            self.figures.given_up += 1
            self._cancel_scope(scope)
            self._close(scope.case)

    # Tokens

    def _drain(self) -> None:
        """Move all tokens on until each waits somewhere, then end what is empty."""
        while self._moves or self._touched:
            while self._moves:
                scope, flow = self._moves.pop()
                scope.moving -= 1
                if scope.is_alive:
                    self._enter(scope, self.model.nodes[self.model.targets[flow]], flow)
                    self._touched.append(scope)
            self._settle(self._touched.pop())

    def _settle(self, scope: Scope) -> None:
        """Let joins fire that need not wait any more; end a scope without tokens."""
        if not scope.is_alive or scope.moving:
            return
        if scope.parked:
            ready = self.joins.ready(scope)
            if ready is not None:
                self._leave(scope, self._choose(scope, self.model.nodes[ready]))
                self._touched.append(scope)
            elif not scope.visits:
                self._give_up(scope)
        elif not scope.visits:
            scope.is_alive = False
            if scope.around is None:
                self._close(scope.case)
            else:
                self._complete(scope.around)

    def _leave(self, scope: Scope, flows: Iterable[str]) -> None:
        for flow in flows:
            scope.moving += 1
            self._moves.append((scope, flow))

    def _enter(self, scope: Scope, node: Node, flow: str) -> None:
        case = scope.case
        number = case.visits[node.id] = case.visits.get(node.id, 0) + 1
        if number > self.span.most_visits:
            self._give_up(scope)
            return
        if self._has_levels:
            self._clocks.reached(case, node.id)
        match node.kind:
            case "work" | "wait" | "part":
                self._visit(scope, node, number)
            case "event":
                self._race(scope, node, number)
            case "parallel" | "inclusive" if len(node.incoming) > 1:
                waiting = scope.parked.setdefault(node.id, {})
                waiting[flow] = waiting.get(flow, 0) + 1
            case "end" | "terminate" | "error":
                self._reach_end(scope, node)
            case _:
                self._leave(scope, self._choose(scope, node))

    def _reach_end(self, scope: Scope, node: Node) -> None:
        if node.kind == "terminate":
            self._clear(scope)
        elif node.kind == "error":
            self._raise(scope, node)

    def _choose(self, scope: Scope, node: Node) -> Iterable[str]:
        """Choose the ways out of an element by their shares."""
        if not node.shares or len(node.flows) < 2:
            return node.flows
        case = scope.case
        number = case.visits[node.id]
        if node.kind == "inclusive":
            taken = [
                flow
                for flow in node.flows
                if self.chance.draw(case.index, flow, number) < node.shares.get(flow, 0.0)
            ]
            return taken or [max(node.flows, key=lambda flow: node.shares.get(flow, 0.0))]
        drawn = self.chance.draw(case.index, node.id, number)
        for flow in node.flows:
            drawn -= node.shares.get(flow, 0.0)
            if drawn < 0:
                return (flow,)
        return node.flows[-1:]

    # Activities and events

    def _visit(self, scope: Scope, node: Node, number: int) -> Visit:
        visit = Visit(node, scope, number, self.now)
        scope.visits[visit] = None
        if self.counts:
            self._step(node).reached += 1
        due_by_boundary = {each.id: self._due(visit, each) for each in node.boundaries}
        visit.clocks = self._clocks.begun(visit, due_by_boundary)
        self._clocks.paused(scope.case, node.id)
        for each in node.boundaries:
            self.at(due_by_boundary[each.id], self._fire, visit, each)
        if node.kind == "part":
            self._open_part(visit)
        elif node.kind == "wait":
            self.at(self._instant(node.trigger, visit, node.id), self._complete, visit)
        else:
            self._offer(visit)
        return visit

    def _open_part(self, visit: Visit) -> None:
        inner = visit.inner = Scope(visit.scope.case, visit)
        self._touched.append(inner)
        for start in visit.node.starts:
            self._enter(inner, self.model.nodes[start], "")

    def _race(self, scope: Scope, gateway: Node, number: int) -> None:
        """Wait for the first of the events behind a gateway; if none would come, for the last."""
        events = [self.model.nodes[self.model.targets[flow]] for flow in gateway.flows]
        if not events:
            return
        probe = Visit(gateway, scope, number, self.now)
        chosen = min(events, key=lambda event: self._instant(event.trigger, probe, event.id))
        scope.case.visits[chosen.id] = scope.case.visits.get(chosen.id, 0) + 1
        hour = self._instant(chosen.trigger, probe, chosen.id)
        if hour == NEVER and isinstance(chosen.trigger, Occurrence):
            hour = self.now + chosen.trigger.delay.at(self._draw(probe, chosen.id + "?"))
        visit = Visit(chosen, scope, number, self.now)
        scope.visits[visit] = None
        if self.counts:
            self._step(chosen).reached += 1
        self._clocks.reached(scope.case, chosen.id)
        self._clocks.paused(scope.case, gateway.id)
        self._clocks.paused(scope.case, chosen.id)
        self.at(hour, self._complete, visit)

    def _due(self, visit: Visit, boundary: Boundary) -> float:
        if boundary.trigger is None:
            return NEVER
        return self._instant(boundary.trigger, visit, boundary.id)

    def _instant(self, trigger: Deadline | Occurrence, visit: Visit, name: str) -> float:
        """Tell when an event comes that is awaited from now on."""
        if isinstance(trigger, Deadline):
            return trigger.ends(self.now, self.model.calendar)
        if trigger.share < 1.0 and self._draw(visit, name) >= trigger.share:
            return NEVER
        return self.now + trigger.delay.at(self._draw(visit, name + "?"))

    def _draw(self, visit: Visit, name: str) -> float:
        return self.chance.draw(visit.scope.case.index, name, visit.number)

    def _fire(self, visit: Visit, boundary: Boundary) -> None:
        if not visit.is_open:
            return
        self._clocks.reached(visit.scope.case, boundary.id)
        if boundary.is_interrupting:
            self._end(visit, is_done=False)
        self._leave(visit.scope, boundary.flows)
        self._touched.append(visit.scope)

    def _complete(self, visit: Visit) -> None:
        if not visit.is_open:
            return
        self._end(visit, is_done=True)
        flows: Iterable[str] = visit.node.flows
        for boundary in visit.node.boundaries:
            name = boundary.id
            if boundary.error_share and self._draw(visit, name) < boundary.error_share:
                flows = boundary.flows
        self._leave(visit.scope, flows)
        self._touched.append(visit.scope)

    def _end(self, visit: Visit, *, is_done: bool) -> None:
        """Close a visit, done or taken away, with everything inside."""
        visit.is_open = False
        visit.scope.visits.pop(visit, None)
        if visit.inner is not None and visit.inner.is_alive:
            self._cancel_scope(visit.inner)
        self._clocks.ended(visit, is_done=is_done)
        self._clocks.resumed(visit.scope.case, visit.node.id)
        if visit.taken is not None and visit.node.role in self._pools:
            self._release(visit)
        if not self.counts:
            return
        step = self._step(visit.node)
        if is_done:
            step.done += 1
            step.elapsed_hours += self.now - visit.begin
        else:
            step.interrupted += 1

    def _clear(self, scope: Scope) -> None:
        """End all that is open in a scope; the scope itself ends with it."""
        for visit in list(scope.visits):
            self._end(visit, is_done=False)
        scope.parked.clear()
        self._moves = [move for move in self._moves if move[0] is not scope]
        scope.moving = 0

    def _cancel_scope(self, scope: Scope) -> None:
        scope.is_alive = False
        self._clear(scope)

    def _raise(self, scope: Scope, node: Node) -> None:
        """Throw an error out of sub-processes to the first that catches it; else end the case."""
        around = scope.around
        while around is not None:
            for boundary in around.node.boundaries:
                if boundary.trigger is None and boundary.code in ("", node.code):
                    self._end(around, is_done=False)
                    self._leave(around.scope, boundary.flows)
                    self._touched.append(around.scope)
                    return
            around = around.scope.around
        self._clear(scope)

    # People

    def _offer(self, visit: Visit) -> None:
        hours = visit.node.time.at(self._draw(visit, visit.node.id))
        pool = self._pools.get(visit.node.role)
        if pool is None:
            self._take(visit)
            self.at(self.now + hours, self._complete, visit)
        elif pool.free:
            self._begin_work(pool, visit, hours)
        else:
            pool.queue.append((visit, hours))

    def _begin_work(self, pool: Pool, visit: Visit, hours: float) -> None:
        pool.free -= 1
        pool.working[visit] = None
        self._take(visit, pool)
        ends = pool.role.hours.after(self.now, hours / pool.role.share)
        self.at(ends, self._complete, visit)

    def _take(self, visit: Visit, pool: Pool | None = None) -> None:
        visit.taken = self.now
        if self.counts:
            step = self._step(visit.node)
            step.taken += 1
            if pool is not None:
                step.wait_hours += pool.role.hours.between(visit.begin, self.now)

    def _release(self, visit: Visit) -> None:
        pool = self._pools[visit.node.role]
        pool.free += 1
        del pool.working[visit]
        self._book(pool, visit)
        while pool.queue and pool.free:
            following, hours = pool.queue.popleft()
            if following.is_open:
                self._begin_work(pool, following, hours)

    def _book(self, pool: Pool, visit: Visit) -> None:
        """Count the working time that a visit took, inside the weeks that count."""
        if self.counts and visit.taken is not None:
            begin = max(visit.taken, self.begin)
            pool.busy_hours += pool.role.hours.between(begin, self.now)

    # Figures

    def _step(self, node: Node) -> StepFigures:
        return self.figures.steps.setdefault(node.id, StepFigures())

    def _measure(self) -> None:
        figures = self.figures
        figures.all_open = len(self._open)
        opened = [case.begin for case in self._open.values()]
        begins = sorted([*(begin for begin, _ in self._cases), *opened])
        ends = [end for _, end in self._cases]  # in the order of time
        for week in range(1, self.span.weeks + 1):
            hour = self.begin + week * WEEK_HOURS
            figures.backlog.append(bisect_left(begins, hour) - bisect_left(ends, hour))
        pairs = [*self._cases, *((begin, self.end) for begin in opened)]
        figures.case_hours = sum(
            end - max(begin, self.begin) for begin, end in pairs if end > self.begin
        )
        for pool in self._pools.values():
            self._measure_pool(pool)

    def _measure_pool(self, pool: Pool) -> None:
        for visit in pool.working:
            self._book(pool, visit)
        there = (pool.role.staff or 0) * pool.role.hours.between(self.begin, self.end)
        self.figures.busy[pool.role.id] = pool.busy_hours / there if there else 0.0
