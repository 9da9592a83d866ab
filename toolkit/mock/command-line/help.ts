/**
 * The help of the mock command. Every flag and every preference is in it.
 *
 * @param usage how it is called
 */
export const help = (usage: string) => `Usage: ${usage} [flags]

Answers requests as OpenAPI documents describe. A document is a YAML or JSON file, or a URL.

  -p, --port 4010          port to listen on (0: any free one)
  -h, --host 127.0.0.1     address to listen on
  -d, --dynamic            generated bodies rather than examples
      --seed text          makes generated values, delays and failures repeatable
      --errors             500 where an example breaks its own schema
      --no-cors            no CORS headers
      --ignoreExamples     as though the document had no examples
  -v, --verboseLevel info  trace, debug, info, warn, error, fatal or silent
      --json-schema-faker-fillProperties
                           additional properties in generated objects that allow them
  -m, --multiprocess       accepted for Prism's sake; nothing to do

      --stateful           remember what was created, changed and deleted
      --seed-data file     items to begin with: {"/pets": [{"id": 1}]} (turns --stateful on)
      --delay 200-800      wait so many milliseconds before each answer
      --fail 5%            answer so many requests with a documented 429 or 5xx
      --lenient            Prefer: code=… also where the document omits that status
      --no-validate        answer whatever the request looks like
      --no-auth            ask for no credentials
      --https              serve TLS with a local certificate
      --cross-origin-refs  let a document from a URL refer to other origins than its own
      --log json           one JSON object a line rather than text
      --help               this text

Each request may ask for something else, by header or by query:

  Prefer: code=404         ?__code=404         the status
  Prefer: example=dog      ?__example=dog      the example of that name
  Prefer: dynamic=true     ?__dynamic=true     a generated body
  Prefer: seed=abc         ?__seed=abc         the same generated body each time
  Prefer: delay=300        ?__delay=300        wait before the answer
  Prefer: validate=false   ?__validate=false   no validation
  Prefer: auth=false       ?__auth=false       no credentials needed

Several go together: Prefer: code=404, example=dog
The document is served at /openapi.json, its reference at /docs.
`;
