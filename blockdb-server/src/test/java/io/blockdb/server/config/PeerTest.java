package io.blockdb.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PeerTest {
    @Test
    void hasAnIdAnAddressAndMaybeAPortForItsPeers() {
        assertEquals(Optional.of(new Peer("node2", "10.0.0.2", 8080, 9080)), Peer.parse("node2:10.0.0.2:8080"));
        assertEquals(Optional.of(new Peer("n-2.a", "db.example", 8080, 7)), Peer.parse("n-2.a:db.example:8080:7"));
        assertEquals(Optional.of(new Peer("n", "[fe80::1%eth0]", 1, 1001)), Peer.parse("n:[fe80::1%eth0]:1"));
    }

    @Test
    void isWrittenAsItIsRead() {
        for (String text : List.of("node2:10.0.0.2:8080", "node2:h:8080:7", "n:[::1]:1")) {
            assertEquals(text, Peer.parse(text).map(Peer::toString).orElse("none"));
        }
    }

    @Test
    void anythingElseIsNone() {
        for (String none : List.of(
                "",
                "node2",
                "node2:h",
                ":h:1",
                "n:h:0",
                "n:h:65536",
                "n:h:64800",
                "n:h:1:70000",
                "n:h:x",
                "n:::1:8080",
                "n /:h:1")) {
            assertEquals(Optional.empty(), Peer.parse(none), none);
        }
    }
}
