package io.blockdb.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The day when it is needed, with the packaged launcher: a backup, a damaged disk, a lost database, a closed service. */
final class BackupIT {
    @TempDir
    private Path temp;

    @Test
    void aDatabaseOutlivesItsDirectory() throws Exception {
        Launched.Outcome outcome = Launched.script(temp.resolve("data"), """
                set -e
                for i in 1 2 3 4 5; do "$CLI" -d "$DIR" put "invoice-$i" "paid $i" > /dev/null; done
                VKEY=$("$CLI" -d "$DIR" key | grep -o 'blockdb/[^ ]*')
                "$CLI" -d "$DIR" backup "$DIR.backup"
                printf X | dd of="$DIR/ledger/0000000001.seg" bs=1 seek=900 conv=notrunc 2> /dev/null
                if "$CLI" -d "$DIR" verify 2> /dev/null; then exit 9; fi
                "$CLI" -d "$DIR" verify --repair --from-backup "$DIR.backup" 2> /dev/null
                "$CLI" -d "$DIR" verify
                "$CLI" -d "$DIR" export --proofs "$DIR.proofs.gz"
                rm -r "$DIR"
                "$CLI" -d "$DIR" restore "$DIR.backup" --key "$VKEY" 2> /dev/null
                "$CLI" -d "$DIR" get invoice-5
                "$CLI" check-export "$DIR.proofs.gz" --key "$VKEY"
                """);
        assertEquals(0, outcome.exit(), outcome.err());
        assertTrue(outcome.out().contains("Backed up 6 blocks with 7 entries to "), outcome.out());
        assertTrue(outcome.out().contains("ledger/0000000001.seg: the frame of block "), outcome.out());
        assertTrue(outcome.out().contains("Restored 6 blocks with 7 entries to "), outcome.out());
        assertTrue(outcome.out().contains("\npaid 5\n"), outcome.out());
        assertTrue(outcome.out().contains("✓ The export holds"), outcome.out());
    }
}
