package io.blockdb.server.security;

import java.util.Arrays;

/** Where requests come from, as it is counted by. */
public final class Sources {
    private static final int NETWORK_GROUPS = 4;

    private Sources() {}

    /**
     * The source of an address: itself, or of one of IPv6 the network of its first 64 bits, since that is what one machine is given.
     *
     * @param address as the JVM writes it: groups of an IPv6 address are not abbreviated
     */
    public static String of(String address) {
        if (address.indexOf(':') < 0) {
            return address;
        }
        int zone = address.indexOf('%');
        String bare = zone < 0 ? address : address.substring(0, zone);
        String[] groups = bare.replace("[", "").replace("]", "").split(":", -1);
        return groups.length < 2 * NETWORK_GROUPS
                ? address
                : String.join(":", Arrays.copyOf(groups, NETWORK_GROUPS)) + "::/64";
    }
}
