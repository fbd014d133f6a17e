"""The nearest of many vectors, exactly: ranked roughly, measured in float64, and ranked again where rounding could hide one."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array
from scipy.spatial.distance import cdist

from synthgest.errors import MissingDependency, SpecError

try:
    import torch
except ImportError as error:
    raise MissingDependency("nearest neighbours need torch: pip install 'synthgest[train]'") from error

Groups = Sequence[frozenset[str] | str]

LARGEST = 1e15
"""No feature's value may be larger, so that no square overflows."""

_SPARE = 8  # candidates beyond k that are measured exactly
_BLOCK = 1 << 22  # numbers of a block: 16 MiB of float32, which stay in caches


def nearest_neighbours(
    reference: ArrayLike,
    query: ArrayLike,
    k: int,
    *,
    reference_groups: Groups | None = None,
    query_groups: Groups | None = None,
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """The k nearest references of each query by L2 distance, none of which shares a group with it, exactly.

    reference: (R, D) real. query: (Q, D) real. groups: of each reference and each query a name or a set of names; a clip's own
    id among both keeps it from seeing itself. Returns distances (Q, k) float32, the nearest first, and indices (Q, k) int64
    of references; equal distances come by index. SpecError for shapes that do not match, empty sets, NaN or infinite features,
    and k beyond the references that a query may see.

    A float32 product ranks all references, block by block, and a few more than k are measured in float64. Where the product's
    error bound (Higham 2002, 3.1: D units of rounding) leaves room for another, a float64 product ranks again for that query;
    where even that cannot tell, as between many equal references, it is measured against all of them.
    """
    there, asked = matrix("reference", reference), matrix("query", query)
    if there.shape[1] != asked.shape[1]:
        raise SpecError(
            f"references are {tuple(there.shape)} and queries {tuple(asked.shape)}; expected the same width"
        )
    apart = Apart.of(reference_groups, query_groups, len(there), len(asked))
    _require_enough(apart.visible(), len(there), k)
    distances, indices = np.empty((len(asked), k), np.float32), np.empty((len(asked), k), np.int64)
    centre, doubtful = there.mean(0).float(), np.arange(len(asked))
    for kind in _precisions():
        if len(doubtful):
            rough = _rough(there, asked[doubtful], centre.to(kind), apart.only(doubtful), k + _SPARE)
            near, found, sure = _measured(rough, there.numpy(), asked.numpy()[doubtful], centre.numpy(), k)
            distances[doubtful], indices[doubtful] = near, found
            doubtful = doubtful[~sure]
    for row in doubtful.tolist():
        distances[row], indices[row] = _scanned(there, asked[row], k, apart.only([row]).hidden(slice(1))[1])
    return distances, indices


def _precisions() -> tuple[torch.dtype, ...]:
    # "medium", which is set for training, lets float32 products drop to bfloat16 on some CPUs
    trusted = cast(Any, torch.backends.mkldnn).matmul.fp32_precision in {"none", "ieee"}
    return (torch.float32, torch.float64) if trusted else (torch.float64,)


@dataclass(frozen=True, slots=True)
class _Rough:
    """Candidates by a product: half of distance^2 - |query|^2 (Q, C), the least first, and indices; the longest reference."""

    halves: NDArray[Any]
    indices: NDArray[np.int64]
    radius: float

    def least_left(self, rows: slice, norms: NDArray[np.float64], width: int) -> NDArray[np.float64]:
        """What no reference that is not a candidate can be nearer than, for queries of these norms about the centre."""
        kind = np.finfo(self.halves.dtype)
        slack = (width + 16) * (float(kind.eps) * self.radius * (norms + self.radius / 2) + float(kind.tiny))
        return np.sqrt(np.maximum(norms**2 + 2 * (self.halves[rows, -1] - slack), 0))


def _rough(there: torch.Tensor, asked: torch.Tensor, centre: torch.Tensor, apart: "Apart", count: int) -> _Rough:
    """Centre: of the type to multiply in; differences from it are taken in the finer type of the two."""
    minus = (centre - asked).to(centre.dtype)
    halves, indices = minus.new_full((len(minus), count), math.inf), minus.new_zeros((len(minus), count)).long()
    radius, step = 0.0, min(max(2 * _BLOCK // there.shape[1], 64), 8192)
    blocks = [(rows, _laid_out(minus[rows])) for rows in _blocks(len(minus), _BLOCK // step)]
    for columns in _blocks(len(there), step):
        part = (there[columns] - centre).to(minus.dtype)
        norms = torch.linalg.vector_norm(part, dim=1)
        radius, own = max(radius, float(norms.max())), norms.square() / 2
        for rows, block in blocks:
            with torch.autocast("cpu", enabled=False):  # for it would drop to bfloat16
                scores = torch.nn.functional.linear(block, part, own).to_dense()
            scores[apart.hidden(rows, columns)] = math.inf
            best, places = scores.topk(min(count, len(part)), largest=False)
            halves[rows], order = torch.cat([halves[rows], best], 1).topk(count, largest=False)
            indices[rows] = torch.cat([indices[rows], places + columns.start], 1).gather(1, order)
    return _Rough(halves.numpy(), indices.numpy(), radius)


def _laid_out(block: torch.Tensor) -> torch.Tensor:
    """For oneDNN, where there is one and in float32: on AMD it is twice as fast as MKL, which dense tensors go through."""
    fits = block.dtype == torch.float32 and torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
    return block.to_mkldnn() if fits else block


def _measured(
    rough: _Rough, there: NDArray[Any], asked: NDArray[Any], centre: NDArray[Any], k: int
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.bool_]]:
    """Distances and indices of the k nearest candidates, (Q, k), and (Q,) whether no other reference can be nearer."""
    distances, indices, sure = (
        np.empty((len(asked), k)),
        np.empty((len(asked), k), np.int64),
        np.empty(len(asked), bool),
    )
    for rows in _blocks(len(asked), _BLOCK // 16 // rough.indices.shape[1] // there.shape[1]):  # that stay in caches
        order = rough.indices[rows].argsort(axis=1)  # by index first, and so are equal distances
        candidates, halves = (np.take_along_axis(part[rows], order, axis=1) for part in (rough.indices, rough.halves))
        block = asked[rows].astype(np.float64)
        apart = there[candidates].astype(np.float64)
        apart -= block[:, None]
        exact = np.where(np.isinf(halves), np.inf, np.sqrt(np.einsum("qcd,qcd->qc", apart, apart)))
        order = exact.argsort(axis=1, kind="stable")[:, :k]
        distances[rows], indices[rows] = (np.take_along_axis(part, order, axis=1) for part in (exact, candidates))
        block -= centre
        least = rough.least_left(rows, np.sqrt(np.einsum("qd,qd->q", block, block)), there.shape[1])
        sure[rows] = distances[rows, -1] < least
    return distances, indices, sure


def _scanned(
    there: torch.Tensor, asked: torch.Tensor, k: int, hidden: NDArray[np.intp]
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    blocks = _blocks(len(there), _BLOCK // len(asked))
    distances = np.concatenate([cdist(asked.numpy()[None], there[rows].numpy())[0] for rows in blocks])
    distances[hidden] = np.inf
    order = distances.argsort(kind="stable")[:k]
    return distances[order], order


@dataclass(frozen=True, slots=True)
class Apart:
    """Which references a query may not see. reference: (R, G) sparse, the groups of each. query: (Q, G) sparse."""

    reference: Any
    query: Any

    @classmethod
    def of(cls, reference: Groups | None, query: Groups | None, references: int, queries: int) -> "Apart":
        """The groups of both sides, numbered; SpecError for groups of one side only, or of another number of clips."""
        if (reference is None) != (query is None):
            raise SpecError(
                f"groups of the {'query' if query is None else 'reference'} are missing; give both, or neither"
            )
        numbers: dict[str, int] = {}
        sides = []
        for name, groups, count in (("reference", reference, references), ("query", query, queries)):
            given = [frozenset()] * count if groups is None else groups
            sets = [{entry} if isinstance(entry, str) else set(entry) for entry in given]
            if len(sets) != count:
                raise SpecError(f"{name} has {count} features and {len(sets)} groups; expected one for each")
            columns = [numbers.setdefault(entry, len(numbers)) for entries in sets for entry in entries]
            sides.append((np.ones(len(columns), np.int32), columns, np.cumsum([0, *map(len, sets)])))
        width = max(len(numbers), 1)
        return cls(*(csr_array(side, shape=(len(side[2]) - 1, width)) for side in sides))

    def only(self, queries: Sequence[int] | NDArray[np.intp]) -> "Apart":
        """The same of some queries."""
        return Apart(self.reference, self.query[queries])

    def hidden(self, rows: slice, columns: slice = slice(None)) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Queries and references, numbered within rows and columns, that share a group."""
        shared = (self.query[rows] @ self.reference[columns].T).tocoo()
        return shared.row, shared.col

    def visible(self) -> NDArray[np.intp]:
        """(Q,) how many references each query may see."""
        references, queries = self.reference.shape[0], self.query.shape[0]
        found = np.full(queries, references)
        for rows in _blocks(queries, _BLOCK // max(references, 1)):
            found[rows] -= np.bincount(self.hidden(rows)[0], minlength=len(found[rows]))
        return found


def _blocks(rows: int, step: int) -> Iterator[slice]:
    return (slice(start, min(start + max(step, 1), rows)) for start in range(0, rows, max(step, 1)))


def _require_enough(visible: NDArray[np.intp], references: int, k: int) -> None:
    if not 1 <= k <= references:
        raise SpecError(f"k is {k}; expected 1 to {references}, the number of references")
    if visible.min() < k:
        raise SpecError(
            f"query {visible.argmin()} may see {visible.min()} of {references} references, as the others share a group "
            f"with it, and k is {k}; ask for fewer neighbours, or give references of other groups"
        )


def matrix(name: str, values: ArrayLike) -> torch.Tensor:
    """Features (N, D) as a tensor of float32 or float64; SpecError for another shape, and for values that are not finite."""
    found = np.asarray(values)
    if found.ndim != 2 or not found.size or found.dtype.kind not in "biuf":
        raise SpecError(f"{name} is {found.shape} {found.dtype}; expected (N, D) real numbers of at least one clip")
    double = np.result_type(found, np.float32).itemsize > 4
    # torch warns of memory that it may not write
    matrix = torch.from_numpy(np.require(found, np.float64 if double else np.float32, ["C", "W"]))
    low, high = torch.aminmax(matrix)  # NaN if any is
    if not (float(low) >= -LARGEST and float(high) <= LARGEST):
        bad = (~(matrix.abs() <= LARGEST)).any(1).nonzero()[:, 0].tolist()
        raise SpecError(
            f"{len(bad)} of {len(matrix)} {name} features hold NaN, infinite values or values beyond {LARGEST:g} "
            f"(the first: {', '.join(map(str, bad[:5]))}); leave these clips out, or find what spoilt them"
        )
    return matrix
