package io.blockdb.server;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Which BlockDB this is, and on which JVM it runs. */
public final class Version {
    private Version() {}

    /** The version, such as {@code 0.1.0}. */
    public static String number() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "(unpackaged)" : version;
    }

    /** The commit that it was built from, with {@code -dirty} where there were changes besides; or {@code unknown}. */
    public static String revision() {
        try (InputStream in = Version.class.getResourceAsStream("revision.txt")) {
            String text = in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
            return text.isEmpty() ? "unknown" : text;
        } catch (IOException e) {
            return "unknown";
        }
    }

    /** The JVM's version and who made it. */
    public static String jvm() {
        return Runtime.version() + " (" + System.getProperty("java.vendor") + ")";
    }
}
