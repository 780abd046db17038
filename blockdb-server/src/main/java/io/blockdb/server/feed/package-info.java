/**
 * The live feed: who watches keys, prefixes and tables is told of every entry that is published. The ledger is the feed, so
 * whoever fell behind, or comes again, is told what he missed by reading it. Nothing here knows HTTP: events are bytes that go
 * into an {@link io.blockdb.server.feed.Outlet}.
 */
@NullMarked
package io.blockdb.server.feed;

import org.jspecify.annotations.NullMarked;
