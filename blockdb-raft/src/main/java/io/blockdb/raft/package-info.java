/** Replication: the ledger as a state machine of Apache Ratis. The only module that is to know Ratis. */
@NullMarked
package io.blockdb.raft;

import org.jspecify.annotations.NullMarked;
