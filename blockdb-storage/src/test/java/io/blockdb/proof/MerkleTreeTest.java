package io.blockdb.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.Hash;
import io.blockdb.base.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The tree, and the proofs in it, against the definitions of RFC 9162 and the roots known from Certificate Transparency. */
class MerkleTreeTest {
    private static final int SIZE_MAX = 70;

    private static final List<String> KNOWN_LEAVES =
            List.of("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f");
    private static final List<String> KNOWN_ROOTS = List.of(
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");

    private final Random random = Seed.random();
    private final byte[] leaves = new byte[SIZE_MAX * Hash.LENGTH];

    MerkleTreeTest() {
        random.nextBytes(leaves);
    }

    @Test
    void rootsKnownFromCertificateTransparency() {
        MerkleTree tree = new MerkleTree();
        for (int size = 0; size < KNOWN_ROOTS.size(); size++) {
            byte[] hashes = new byte[size * Hash.LENGTH];
            for (int i = 0; i < size; i++) {
                MerkleTree.leafHash(HexFormat.of().parseHex(KNOWN_LEAVES.get(i)))
                        .copyTo(hashes, i * Hash.LENGTH);
            }
            assertEquals(KNOWN_ROOTS.get(size), tree.root().toString());
            assertEquals(KNOWN_ROOTS.get(size), MerkleTree.root(hashes, size).toString());
            if (size < KNOWN_LEAVES.size()) {
                tree.append(MerkleTree.leafHash(HexFormat.of().parseHex(KNOWN_LEAVES.get(size))));
            }
        }
    }

    @Test
    void rootsOfEverySizeAreThoseOfTheDefinition() {
        MerkleTree tree = new MerkleTree();
        for (int size = 1; size <= SIZE_MAX; size++) {
            tree.append(leaf(size - 1));
            Hash expected = definition(0, size);
            assertEquals(size, tree.size());
            assertEquals(expected, tree.root());
            assertEquals(expected, tree.root(), "asking for the root changes nothing");
            assertEquals(expected, MerkleTree.root(leaves.clone(), size));
        }
        assertThrows(IllegalArgumentException.class, () -> MerkleTree.root(leaves, SIZE_MAX + 1));
    }

    @Test
    void aTreeGoesOnFromItsEdge() {
        for (int size = 0; size < SIZE_MAX; size++) {
            List<Hash> edge = new ArrayList<>(
                    InclusionProof.build(leaves.clone(), size, size + 1).path());
            Collections.reverse(edge);
            MerkleTree tree = new MerkleTree(size, edge);
            assertEquals(definition(0, size), tree.root());
            for (int next = size; next < SIZE_MAX; next++) {
                tree.append(leaf(next));
            }
            assertEquals(definition(0, SIZE_MAX), tree.root());
        }
        assertThrows(IllegalArgumentException.class, () -> new MerkleTree(2, List.of()));
    }

    @Test
    void everyLeafIsProvedAtItsPlaceAndNowhereElse() {
        for (int size = 1; size <= SIZE_MAX; size++) {
            Hash root = definition(0, size);
            for (int index = 0; index < size; index++) {
                InclusionProof proof = InclusionProof.build(leaves.clone(), index, size);
                assertTrue(proof.proves(leaf(index), root));
                for (int other = -1; other <= size; other++) {
                    boolean proved = new InclusionProof(other, size, proof.path()).proves(leaf(index), root);
                    assertEquals(other == index, proved);
                }
                for (List<Hash> path : mutations(proof.path(), root)) {
                    assertFalse(new InclusionProof(index, size, path).proves(leaf(index), root));
                }
                assertFalse(proof.proves(root, leaf(index)) && size > 1);
                assertFalse(proof.proves(leaf(index), Hash.ZERO));
            }
        }
    }

    @Test
    void everyTreeIsProvedToBeginEveryLargerOne() {
        for (int newSize = 0; newSize <= SIZE_MAX; newSize++) {
            Hash newRoot = definition(0, newSize);
            for (int oldSize = 0; oldSize <= newSize; oldSize++) {
                Hash oldRoot = definition(0, oldSize);
                ConsistencyProof proof = ConsistencyProof.build(leaves, oldSize, newSize);
                assertTrue(proof.proves(oldRoot, newRoot));
                assertFalse(proof.proves(Hash.ZERO, newRoot));
                assertFalse(oldSize > 0 && proof.proves(oldRoot, Hash.ZERO));
                for (List<Hash> path : mutations(proof.path(), oldRoot)) {
                    assertFalse(new ConsistencyProof(oldSize, newSize, path).proves(oldRoot, newRoot));
                }
                for (int other = -1; other <= newSize; other++) {
                    boolean proved = new ConsistencyProof(other, newSize, proof.path()).proves(oldRoot, newRoot);
                    assertEquals(other == oldSize, proved);
                }
            }
        }
    }

    @Test
    void whatIsOutOfRangeProvesNothing() {
        Hash root = leaf(0);
        assertTrue(new InclusionProof(0, 1, List.of()).proves(root, root));
        assertFalse(new InclusionProof(0, 0, List.of()).proves(root, root));
        assertFalse(new InclusionProof(1, 1, List.of()).proves(root, root));
        assertFalse(new InclusionProof(-1, 1, List.of()).proves(root, root));
        assertFalse(new InclusionProof(0, Long.MIN_VALUE, List.of()).proves(root, root));
        assertFalse(new ConsistencyProof(-1, -1, List.of()).proves(root, root));
        assertTrue(new ConsistencyProof(1L << 52, 1L << 52, List.of()).proves(root, root));
        assertFalse(new ConsistencyProof(1L << 53, 1L << 53, List.of()).proves(root, root));
    }

    /** The path cut, made longer, reversed where that differs, and with each of its hashes altered in turn. */
    private List<List<Hash>> mutations(List<Hash> path, Hash extra) {
        List<List<Hash>> mutations = new ArrayList<>();
        List<Hash> longer = new ArrayList<>(path);
        longer.add(extra);
        mutations.add(longer);
        List<Hash> longerInFront = new ArrayList<>(path);
        longerInFront.add(0, extra);
        mutations.add(longerInFront);
        if (!path.isEmpty()) {
            mutations.add(path.subList(1, path.size()));
            mutations.add(path.subList(0, path.size() - 1));
        }
        for (int i = 0; i < path.size(); i++) {
            byte[] bytes = path.get(i).toBytes();
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            List<Hash> altered = new ArrayList<>(path);
            altered.set(i, Hash.of(bytes));
            mutations.add(altered);
        }
        return mutations;
    }

    private Hash leaf(int index) {
        return Hash.of(leaves, index * Hash.LENGTH, Hash.LENGTH);
    }

    /** MTH(D[from:from + size]), word for word. */
    private Hash definition(int from, int size) {
        if (size == 0) {
            return MerkleTree.EMPTY_ROOT;
        }
        if (size == 1) {
            return leaf(from);
        }
        int k = 1;
        while (2 * k < size) {
            k *= 2;
        }
        return MerkleTree.nodeHash(definition(from, k), definition(from + k, size - k));
    }

    @Test
    void nodesAreHashedWhereverTheyStand() {
        byte[] array = Arrays.copyOf(leaves, leaves.length);
        Hash expected = MerkleTree.nodeHash(leaf(1), leaf(2));
        MerkleTree.nodeHash(array, Hash.LENGTH, array, 2 * Hash.LENGTH);
        assertTrue(expected.matches(array, 2 * Hash.LENGTH));
    }
}
