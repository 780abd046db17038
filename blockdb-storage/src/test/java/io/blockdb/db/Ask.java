package io.blockdb.db;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.blockdb.base.TableName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts a batch together as a proposer does, in few words. */
final class Ask {
    private final List<Operation> operations = new ArrayList<>();
    private final List<byte[]> salts = new ArrayList<>();
    private String author = "";
    private byte @Nullable [] requestId;

    static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    static byte[] salt(int fill) {
        byte[] salt = new byte[16];
        Arrays.fill(salt, (byte) fill);
        return salt;
    }

    Ask put(String table, String key, String value) {
        return put(table, key, value, 0);
    }

    Ask put(String table, String key, String value, long expiresAt) {
        return add(new Operation.Put(TableName.of(table), bytes(key), bytes(value), expiresAt), Batch.NO_SALT);
    }

    Ask putSalted(String table, String key, String value, int salt) {
        return add(new Operation.Put(TableName.of(table), bytes(key), bytes(value), 0), salt(salt));
    }

    Ask delete(String table, String key) {
        return add(new Operation.Delete(TableName.of(table), bytes(key)), Batch.NO_SALT);
    }

    Ask create(String table, TablePolicy policy, boolean erasable) {
        return add(new Operation.CreateTable(TableName.of(table), policy, erasable), Batch.NO_SALT);
    }

    Ask alter(String table, boolean erasable) {
        return add(new Operation.AlterTable(TableName.of(table), erasable), Batch.NO_SALT);
    }

    Ask erase(long sequence) {
        return add(new Operation.Erase(sequence, "asked"), Batch.NO_SALT);
    }

    Ask operation(Operation operation) {
        return add(operation, Batch.NO_SALT);
    }

    Ask operation(Operation operation, int salt) {
        return add(operation, salt(salt));
    }

    private Ask add(Operation operation, byte[] salt) {
        operations.add(operation);
        salts.add(salt);
        return this;
    }

    Ask author(String name) {
        author = name;
        return this;
    }

    Ask request(String id) {
        requestId = bytes(id);
        return this;
    }

    Batch batch() {
        return new Batch(author, operations, salts, requestId);
    }
}
