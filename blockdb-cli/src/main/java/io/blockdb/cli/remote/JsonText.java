package io.blockdb.cli.remote;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** The JSON of requests. */
final class JsonText {
    private static final JsonFactory FACTORY = new JsonFactory();

    private JsonText() {}

    /** Writes the fields of an object. */
    interface Content {
        /** Writes them. */
        void to(JsonGenerator json) throws IOException;
    }

    /** An object in UTF-8. */
    static byte[] object(Content content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
            json.writeStartObject();
            content.to(json);
            json.writeEndObject();
        }
        return bytes.toByteArray();
    }
}
