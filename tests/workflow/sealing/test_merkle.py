"""The tree of the log is RFC 9162's, as others read it too."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree, verify_consistency, verify_inclusion

from workflow.sealing import merkle
from workflow.sealing.merkle import Growing, leaf_hash, node_hash, roots_by_consistency

MOST = 700


def entry(number: int) -> bytes:
    return sha256(str(number).encode()).digest()


LEAVES = [leaf_hash(entry(number)) for number in range(MOST)]


def root(start: int, end: int) -> bytes:
    """The hash of some leaves, as the RFC defines it."""
    if end - start < 2:
        return LEAVES[start] if end > start else merkle.EMPTY
    middle = start + merkle.split(end - start)
    return node_hash(root(start, middle), root(middle, end))


@pytest.fixture(scope="module")
def theirs() -> InmemoryTree:
    tree = InmemoryTree(algorithm="sha256")
    for number in range(MOST):
        tree.append_entry(entry(number))
    return tree


@given(size=st.integers(1, MOST), data=st.data())
def test_a_leaf_is_in_the_tree_by_our_path_and_their_check(
    theirs: InmemoryTree, size: int, data: st.DataObject
) -> None:
    position = data.draw(st.integers(0, size - 1))
    path = merkle.inclusion(root, position, size)
    proof = theirs.prove_inclusion(position + 1, size)
    # Their proof begins with the leaf itself.
    assert proof.path == [LEAVES[position], *path]
    proof.path = [LEAVES[position], *path]
    verify_inclusion(LEAVES[position], root(0, size), proof, index=position + 1, size=size)


@given(later=st.integers(1, MOST), data=st.data())
def test_a_tree_begins_a_later_one_by_their_proof_over_our_roots(
    theirs: InmemoryTree, later: int, data: st.DataObject
) -> None:
    earlier = data.draw(st.integers(1, later))
    proof = theirs.prove_consistency(earlier, later)
    verify_consistency(root(0, earlier), root(0, later), proof, prior_size=earlier, later_size=later)
    if earlier % 2 and earlier < later and earlier > 1:
        # Theirs starts at a single leaf always, the RFC's at the largest subtree that ends there: the same for odd sizes,
        # but that theirs names the right one of the first two first.
        own, right, *others = merkle.consistency(root, earlier, later)
        assert proof.path == [right, own, *others]
        proof.path = [right, own, *others]
        verify_consistency(root(0, earlier), root(0, later), proof, prior_size=earlier, later_size=later)


@given(later=st.integers(1, MOST), data=st.data())
def test_our_check_follows_every_proof_to_both_roots(later: int, data: st.DataObject) -> None:
    earlier = data.draw(st.integers(1, later))
    path = merkle.consistency(root, earlier, later)
    first, last = root(0, earlier), root(0, later)
    assert roots_by_consistency(earlier, later, first, path) == (first, last)
    position = data.draw(st.integers(0, later - 1))
    steps = merkle.inclusion(root, position, later)
    assert merkle.root_by_inclusion(LEAVES[position], position, later, steps) == last


@given(later=st.integers(2, MOST), data=st.data())
def test_a_proof_with_one_bit_changed_leads_elsewhere(later: int, data: st.DataObject) -> None:
    earlier = data.draw(st.integers(1, later - 1))
    path = merkle.consistency(root, earlier, later)
    touched = data.draw(st.integers(0, len(path) - 1))
    path[touched] = bytes([path[touched][0] ^ 1, *path[touched][1:]])
    first, last = root(0, earlier), root(0, later)
    assert roots_by_consistency(earlier, later, first, path) != (first, last)


@given(size=st.integers(2, MOST), data=st.data())
def test_a_leaf_at_another_place_or_with_a_longer_path_leads_elsewhere(size: int, data: st.DataObject) -> None:
    position, other = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size - 1))
    path, whole = merkle.inclusion(root, position, size), root(0, size)
    if other != position:
        assert merkle.root_by_inclusion(LEAVES[position], other, size, path) != whole
    assert merkle.root_by_inclusion(LEAVES[position], position, size, [*path, whole]) is None
    assert merkle.root_by_inclusion(LEAVES[position], position, size, path[:-1]) is None


def test_a_tree_that_grows_has_the_root_and_keeps_the_nodes_of_the_rfc() -> None:
    growing, kept = Growing(), []
    assert growing.root == merkle.EMPTY
    for size, leaf in enumerate(LEAVES, 1):
        kept += [(size, level, node) for level, node in growing.add(leaf)]
        assert growing.root == root(0, size)
    assert kept == [(256, 1, root(0, 256)), (512, 1, root(256, 512))]


def test_there_is_no_proof_beyond_the_tree() -> None:
    with pytest.raises(ValueError, match="no leaf 5 in a tree of 5"):
        merkle.inclusion(root, 5, 5)
    with pytest.raises(ValueError, match="no tree of 6"):
        merkle.consistency(root, 6, 5)
    assert merkle.root_by_inclusion(LEAVES[0], 5, 5, []) is None
    assert roots_by_consistency(6, 5, root(0, 6), []) is None
    assert roots_by_consistency(0, 5, merkle.EMPTY, []) is None
