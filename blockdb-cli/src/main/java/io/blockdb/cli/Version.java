package io.blockdb.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.IVersionProvider;

/** Which BlockDB this is, and on which JVM it runs. */
final class Version implements IVersionProvider {
    /** The version, such as {@code 0.1.0}. */
    static String number() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "(unpackaged)" : version;
    }

    /** The commit that it was built from, with {@code -dirty} where there were changes besides; or {@code unknown}. */
    static String revision() {
        try (InputStream in = Version.class.getResourceAsStream("revision.txt")) {
            String text = in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
            return text.isEmpty() ? "unknown" : text;
        } catch (IOException e) {
            return "unknown";
        }
    }

    /** The JVM's version and who made it. */
    static String jvm() {
        return Runtime.version() + " (" + System.getProperty("java.vendor") + ")";
    }

    @Override
    public String[] getVersion() {
        return new String[] {"blockdb-cli " + number() + " (revision " + revision() + ")", "JVM " + jvm()};
    }
}
