"""Questions about one matter, found in all languages at once.

A question's vector says what it is about and also in which language it is asked, so each language's own mean is taken
out first (Libovický, Rosa & Fraser, Findings of EMNLP 2020). Questions that are nearly alike count as one wording,
otherwise the often repeated would have no neighbours but their copies. A wording's nearest neighbours in each language
make a graph, whose communities are the groups (Traag, Waltman & van Eck, Scientific Reports 2019, with the constant
Potts model, whose resolution does not depend on how many questions there are).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from graspologic_native import leiden_csr
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse import csr_matrix
from scipy.spatial.distance import squareform
from sklearn.cluster import MiniBatchKMeans

from indexer.ports import Vector, Vectors

Labels = NDArray[np.int64]
"""A group's number for each question, shape (n,); ``LOOSE`` for a question that is in no group."""
Anchors = Mapping[str, Vector]
"""By language, what its texts have in common."""
LOOSE = -1

_CELL = 400
"""Questions in a part that is compared with itself at once, about."""
_LARGEST_CELL = 2500
_BLOCK = 1024
_SEED = 7


@dataclass(frozen=True, slots=True)
class Grouping:
    """How alike questions of one group are; similarities are cosines after the languages' means are taken out.

    Chosen on ``eval/data/own_gaps`` for the bundled model, mostly on its tuning part; see ``askfirst eval gaps``.

    Attributes:
        same: from which similarity on questions in one language count as the same wording.
        alike: below it no two wordings are neighbours.
        neighbours: how many in each language.
        mutual: whether both must be among the other's nearest.
        resolution: how closely knit a group is at least, 0 to 1; a higher one makes more and smaller groups.
        joins: from which similarity on a new question joins a group between two groupings.
        shrinkage: so many questions weigh the mean of all as much as a language's own.
        anchoring: the same where the language's pages have titles, whose mean stands in for that of all.
    """

    same: float = 0.6
    alike: float = 0.42
    neighbours: int = 3
    mutual: bool = True
    resolution: float = 0.03
    joins: float = 0.5
    shrinkage: float = 5.0
    anchoring: float = 50.0


class Grouper:
    """Groups questions, all anew or a day's new ones; the same questions in another order give the same groups."""

    def __init__(self, settings: Grouping | None = None) -> None:
        self._settings = settings or Grouping()

    def regroup(self, vectors: Vectors, languages: Sequence[str], *, anchors: Anchors | None = None) -> Labels:
        """Group all questions anew.

        Args:
            vectors: the questions embedded as queries, unit rows, shape (n, dim), float32.
            languages: each question's language, without region.
            anchors: the mean of the titles of each language's pages, embedded as questions. Without it the first
                questions about one matter would be taken for what their language has in common.

        Returns:
            Numbers from 0, the largest group first, and ``LOOSE``; each group has at least two questions.
        """
        if len(vectors) != len(languages):
            raise ValueError(f"{len(vectors)} vectors and {len(languages)} languages")
        labels = np.full(len(vectors), LOOSE, np.int64)
        if len(vectors) < 2:
            return labels
        spoken = np.asarray(languages)
        order = _canonical(vectors, spoken)
        neutral = self._neutral(vectors[order], spoken[order], anchors)
        wordings = self._wordings(neutral, spoken[order])
        labels[order] = _numbered(self._communities(neutral, spoken[order], wordings)[wordings])
        return labels

    def extend(
        self,
        known: Vectors,
        known_languages: Sequence[str],
        known_labels: Labels,
        new: Vectors,
        new_languages: Sequence[str],
        *,
        anchors: Anchors | None = None,
    ) -> tuple[Labels, Labels]:
        """Let new questions join the groups there are, or make groups with others that are loose.

        Returns:
            The labels of the known and of the new questions. A known question in a group stays in it; a loose one may
            be in a new group now, whose number is higher than all before.
        """
        labels = np.concatenate([known_labels, np.full(len(new), LOOSE, np.int64)])
        if len(new) == 0:
            return labels, labels[:0]
        spoken = np.asarray([*known_languages, *new_languages])
        neutral = self._neutral(np.concatenate([known, new]), spoken, anchors)
        fresh = np.arange(len(known), len(labels))
        grouped = np.flatnonzero(labels != LOOSE)
        if len(grouped):
            labels[fresh] = _votes(neutral[fresh], neutral[grouped], labels[grouped], least=self._settings.joins)
        self._group_loose(neutral, spoken, labels, fresh[labels[fresh] == LOOSE])
        return labels[: len(known)], labels[len(known) :]

    def _neutral(self, vectors: Vectors, spoken: NDArray[np.str_], anchors: Anchors | None) -> Vectors:
        own = self._settings
        return neutralised(vectors, spoken, shrinkage=own.shrinkage, anchors=anchors, anchoring=own.anchoring)

    def _wordings(self, neutral: Vectors, spoken: NDArray[np.str_]) -> Labels:
        """Return the number of each question's wording."""
        wordings = np.zeros(len(neutral), np.int64)
        many = 0
        for language in np.unique(spoken):
            mine = np.flatnonzero(spoken == language)
            found = _linked_in_cells(neutral[mine], least=self._settings.same)
            wordings[mine] = found + many
            many += int(found.max()) + 1
        return wordings

    def _communities(self, neutral: Vectors, spoken: NDArray[np.str_], wordings: Labels) -> Labels:
        """Return the number of each wording's group."""
        centres = _means(neutral, wordings)
        _, first = np.unique(wordings, return_index=True)
        graph = _neighbour_graph(centres, spoken[first], self._settings)
        if graph.nnz == 0:
            return np.arange(len(centres), dtype=np.int64)
        _, groups = leiden_csr(
            graph.indptr.astype(np.int64),
            graph.indices.astype(np.int32),
            graph.data.astype(np.float64),
            len(centres),
            resolution=self._settings.resolution,
            use_modularity=False,
            iterations=3,
            seed=_SEED,
        )
        return np.array([groups.get(number, len(centres) + number) for number in range(len(centres))], np.int64)

    def _group_loose(
        self, neutral: Vectors, spoken: NDArray[np.str_], labels: Labels, fresh: NDArray[np.int64]
    ) -> None:
        """Make groups of new loose questions and of old loose ones that are near to them; ``labels`` is changed."""
        if not len(fresh):
            return
        old = np.flatnonzero(labels == LOOSE)
        old = old[~np.isin(old, fresh)]
        near = old[(neutral[old] @ neutral[fresh].T >= self._settings.joins).any(axis=1)]
        together = np.concatenate([near, fresh])
        together = together[_canonical(neutral[together], spoken[together])]
        found = _numbered(_linked(neutral[together], least=self._settings.joins))
        grouped = found != LOOSE
        labels[together[grouped]] = found[grouped] + int(labels.max(initial=LOOSE)) + 1


def neutralised(
    vectors: Vectors,
    spoken: NDArray[np.str_],
    *,
    shrinkage: float,
    anchors: Anchors | None = None,
    anchoring: float = 0.0,
) -> Vectors:
    """Return unit rows without what their language has in common; a language with few questions leans on its pages'
    titles, failing that on all questions."""
    everything = vectors.mean(axis=0, dtype=np.float64)
    neutral = np.empty_like(vectors)
    for language in np.unique(spoken):
        mine = spoken == language
        many = int(mine.sum())
        anchor = (anchors or {}).get(str(language))
        prior, weight = (everything, shrinkage) if anchor is None else (anchor.astype(np.float64), anchoring)
        mean = (vectors[mine].sum(axis=0, dtype=np.float64) + weight * prior) / (many + weight)
        neutral[mine] = vectors[mine] - mean.astype(np.float32)
    return unit(neutral)


def unit(rows: Vectors) -> Vectors:
    """Return rows of length 1; a row of nothing stays so."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    made: Vectors = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 1e-6)
    return made


def _canonical(vectors: Vectors, spoken: NDArray[np.str_]) -> NDArray[np.int64]:
    """Return an order that depends on the questions alone."""
    return np.lexsort((*vectors[:, :8].T, spoken)).astype(np.int64)


def _linked(rows: Vectors, *, least: float) -> Labels:
    """Return groups by average linkage whose similarity is at least ``least``, numbered from 0."""
    if len(rows) < 2:
        return np.zeros(len(rows), np.int64)
    distances = np.clip(1.0 - rows @ rows.T, 0.0, 2.0)
    distances = (distances + distances.T) / 2
    np.fill_diagonal(distances, 0.0)
    tree = linkage(squareform(distances, checks=False), "average")
    return np.asarray(fcluster(tree, 1.0 - least, "distance"), np.int64) - 1


def _linked_in_cells(rows: Vectors, *, least: float) -> Labels:
    """Return groups by average linkage, looked for within coarse cells where there are very many rows."""
    if len(rows) <= _LARGEST_CELL:
        return _linked(rows, least=least)
    cells = MiniBatchKMeans(
        n_clusters=max(2, len(rows) // _CELL), n_init=1, max_iter=10, batch_size=4096, random_state=_SEED
    ).fit_predict(rows)
    found = np.zeros(len(rows), np.int64)
    many = 0
    for cell in np.unique(cells):
        members = np.flatnonzero(cells == cell)
        for part in np.array_split(members, -(-len(members) // _LARGEST_CELL)):
            linked = _linked(rows[part], least=least)
            found[part] = linked + many
            many += int(linked.max()) + 1
    # A cell's border may run through a wording; what is left of it on both sides is alike again.
    again = _means(rows, found)
    for _ in range(3):
        paired = _paired(again, least=least)
        if len(np.unique(paired)) == len(paired):
            break
        found = np.unique(paired[found], return_inverse=True)[1].astype(np.int64)
        again = _means(rows, found)
    return found


def _paired(rows: Vectors, *, least: float) -> Labels:
    """Return a number for each row, shared by two that are each other's nearest and at least so alike."""
    nearest, scores = _nearest(rows, rows, 1, apart=np.arange(len(rows)))
    mine = np.arange(len(rows))
    other = nearest[:, 0]
    mutual = (other[other] == mine) & (scores[:, 0] >= least)
    return np.where(mutual, np.minimum(mine, other), mine)


def _means(rows: Vectors, labels: Labels) -> Vectors:
    """Return the unit mean of the rows of each label."""
    many = int(labels.max()) + 1
    members = csr_matrix((np.ones(len(rows), np.float32), (labels, np.arange(len(rows)))), shape=(many, len(rows)))
    return unit(np.asarray(members @ rows, np.float32))


def _nearest(
    rows: Vectors, among: Vectors, k: int, *, apart: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the ``k`` nearest of ``among`` for each row and their similarities; ``apart`` is its own place, or −1."""
    k = min(k, len(among))
    places = np.empty((len(rows), k), np.int64)
    scores = np.empty((len(rows), k), np.float32)
    for start in range(0, len(rows), _BLOCK):
        block = slice(start, start + _BLOCK)
        similar = rows[block] @ among.T
        own = apart[block]
        similar[np.flatnonzero(own >= 0), own[own >= 0]] = -2.0
        best = np.argpartition(-similar, k - 1, axis=1)[:, :k] if k < len(among) else np.argsort(-similar, axis=1)
        places[block] = best
        scores[block] = np.take_along_axis(similar, best, axis=1)
    return places, scores


def _neighbour_graph(centres: Vectors, spoken: NDArray[np.str_], settings: Grouping) -> csr_matrix:
    """Return the symmetric graph of each wording's nearest in every language, weighted by similarity."""
    everyone = np.arange(len(centres))
    sources, targets, weights = [], [], []
    for language in np.unique(spoken):
        mine = np.flatnonzero(spoken == language)
        apart = np.full(len(centres), -1, np.int64)
        apart[mine] = np.arange(len(mine))
        places, scores = _nearest(centres, centres[mine], settings.neighbours, apart=apart)
        close = scores >= settings.alike
        sources.append(np.broadcast_to(everyone[:, None], places.shape)[close])
        targets.append(mine[places][close])
        weights.append(scores[close])
    graph = csr_matrix(
        (np.concatenate(weights), (np.concatenate(sources), np.concatenate(targets))), shape=(len(centres),) * 2
    )
    graph = graph.minimum(graph.T) if settings.mutual else graph.maximum(graph.T)
    graph = csr_matrix(graph)
    graph.eliminate_zeros()
    graph.sort_indices()
    return graph


def _votes(rows: Vectors, among: Vectors, labels: Labels, *, least: float, k: int = 5) -> Labels:
    """Return for each row the group that most of its near neighbours are in, or ``LOOSE`` if none is near."""
    places, scores = _nearest(rows, among, k, apart=np.full(len(rows), -1, np.int64))
    chosen = np.full(len(rows), LOOSE, np.int64)
    for row, (place, score) in enumerate(zip(places, scores, strict=True)):
        near = score >= least
        if not near.any():
            continue
        groups, which = np.unique(labels[place[near]], return_inverse=True)
        votes = np.bincount(which, weights=score[near])
        chosen[row] = groups[int(votes.argmax())]
    return chosen


def _numbered(groups: Labels) -> Labels:
    """Return the groups of at least two numbered from 0, the largest first, and others ``LOOSE``."""
    found, first, counts = np.unique(groups, return_index=True, return_counts=True)
    numbers = np.full(int(found.max(initial=0)) + 1, LOOSE, np.int64)
    order = [place for place in np.lexsort((first, -counts)) if counts[place] > 1]
    numbers[found[order]] = np.arange(len(order))
    return numbers[groups]
