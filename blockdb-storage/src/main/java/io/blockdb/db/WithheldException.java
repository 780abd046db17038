package io.blockdb.db;

import io.blockdb.base.TableName;

/** Values of this table are shown to nobody: they prove who somebody is. Backups and members of the cluster hold them. */
public final class WithheldException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    WithheldException(TableName table) {
        super("table '" + table + "': what proves who somebody is is shown to nobody");
    }
}
