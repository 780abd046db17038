package io.blockdb.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** SQLite with a write-ahead log: one connection writes, as it allows only one, and each thread that reads has its own. */
final class SqliteEngine implements Engine {
    private final String url;
    private final String[] pragmas;
    private final ReentrantLock writing = new ReentrantLock();
    private final Connection writer;
    private final PreparedStatement put;
    private final Queue<Connection> readers = new ConcurrentLinkedQueue<>();
    private final ThreadLocal<Reader> reader = ThreadLocal.withInitial(this::newReader);

    /** One thread's way to read. */
    private record Reader(PreparedStatement get, PreparedStatement from, PreparedStatement all) {}

    SqliteEngine(Path directory, EngineSettings settings) throws SQLException {
        this.url = "jdbc:sqlite:" + directory.resolve("data.sqlite");
        this.pragmas = new String[] {
            "PRAGMA journal_mode=WAL",
            "PRAGMA synchronous=" + (settings.synced() ? "FULL" : "OFF"),
            "PRAGMA cache_size=-" + (settings.cacheBytes() >> 10),
        };
        this.writer = connect();
        try (Statement statement = writer.createStatement()) {
            statement.execute("CREATE TABLE IF NOT EXISTS bench(k BLOB PRIMARY KEY, v BLOB) WITHOUT ROWID");
        }
        this.put = writer.prepareStatement("INSERT OR REPLACE INTO bench VALUES(?, ?)");
    }

    private Connection connect() throws SQLException {
        Connection connection = DriverManager.getConnection(url);
        try (Statement statement = connection.createStatement()) {
            for (String pragma : pragmas) {
                statement.execute(pragma);
            }
        }
        return connection;
    }

    private Reader newReader() {
        try {
            Connection connection = connect();
            readers.add(connection);
            return new Reader(
                    connection.prepareStatement("SELECT v FROM bench WHERE k = ?"),
                    connection.prepareStatement("SELECT k, v FROM bench WHERE k >= ? ORDER BY k LIMIT ?"),
                    connection.prepareStatement("SELECT k, v FROM bench ORDER BY k"));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void put(byte[] key, byte[] value) throws SQLException {
        writing.lock();
        try {
            put.setBytes(1, key);
            put.setBytes(2, value);
            put.executeUpdate();
        } finally {
            writing.unlock();
        }
    }

    @Override
    public void putBatch(byte[][] keys, byte[][] values) throws SQLException {
        writing.lock();
        try {
            writer.setAutoCommit(false);
            for (int i = 0; i < keys.length; i++) {
                put.setBytes(1, keys[i]);
                put.setBytes(2, values[i]);
                put.executeUpdate();
            }
            writer.commit();
            writer.setAutoCommit(true);
        } finally {
            writing.unlock();
        }
    }

    @Override
    public byte @Nullable [] get(byte[] key) throws SQLException {
        PreparedStatement get = reader.get().get;
        get.setBytes(1, key);
        try (ResultSet found = get.executeQuery()) {
            return found.next() ? found.getBytes(1) : null;
        }
    }

    @Override
    public int seek(byte[] key, int next) throws SQLException {
        PreparedStatement from = reader.get().from;
        from.setBytes(1, key);
        from.setInt(2, next + 1);
        return (int) take(from);
    }

    @Override
    public long scan() throws SQLException {
        return take(reader.get().all);
    }

    private static long take(PreparedStatement select) throws SQLException {
        long found = 0;
        try (ResultSet entries = select.executeQuery()) {
            while (entries.next()) {
                Sink.take(entries.getBytes(1), entries.getBytes(2));
                found++;
            }
        }
        return found;
    }

    @Override
    public void rest() throws SQLException {
        try (Statement statement = writer.createStatement()) {
            statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }
    }

    @Override
    public long verify() {
        return -1;
    }

    @Override
    public void close() throws IOException {
        try {
            for (Connection connection : readers) {
                connection.close();
            }
            writer.close();
        } catch (SQLException e) {
            throw new IOException(e);
        }
    }
}
