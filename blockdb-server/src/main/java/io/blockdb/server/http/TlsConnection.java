package io.blockdb.server.http;

import io.blockdb.server.config.ClientAuth;
import io.blockdb.server.security.tls.Certificates;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/**
 * TLS in front of HTTP.
 *
 * <p>Threading: any thread.
 */
final class TlsConnection {
    private final SslContextFactory.Server factory = new SslContextFactory.Server();
    private final HeaderDeadline deadline;

    TlsConnection(Certificates certificates, HeaderDeadline deadline) {
        this.deadline = deadline;
        factory.setIncludeProtocols(Certificates.PROTOCOLS.toArray(new String[0]));
        factory.setExcludeProtocols(); // what is included is all there is
        factory.setRenegotiationAllowed(false);
        take(factory, certificates);
    }

    private static void take(SslContextFactory.Server factory, Certificates certificates) {
        factory.setSslContext(certificates.context());
        factory.setNeedClientAuth(certificates.clientAuth() == ClientAuth.REQUIRED);
        factory.setWantClientAuth(certificates.clientAuth() == ClientAuth.OPTIONAL);
    }

    /** Uses other certificates for the connections that are made from now on. */
    void replace(Certificates certificates) {
        try {
            factory.reload(reloaded -> take((SslContextFactory.Server) reloaded, certificates));
        } catch (Exception e) {
            throw new IllegalStateException("the TLS context could not be replaced", e);
        }
    }

    /** A connector that speaks it. */
    ServerConnector connector(Server server, HttpConfiguration http) {
        HttpConfiguration secure = new HttpConfiguration(http);
        // A name that is not in the certificate is the client's to judge: it may know the server by an address.
        secure.addCustomizer(new SecureRequestCustomizer(false));
        return new ServerConnector(
                server, new SslConnectionFactory(factory, "http/1.1"), new KeyPathConnectionFactory(secure, deadline));
    }
}
