/** What Prism shows for each format. */
const formats: Readonly<Record<string, string>> = {
  ...{ email: "user@example.com", "idn-email": "пользователь@пример.ру" },
  ...{ "date-time": "2019-08-24T14:15:22Z", date: "2019-08-24", time: "14:15:22Z", duration: "P1D" },
  ...{
    uri: "http://example.com",
    "uri-reference": "../dictionary",
    "uri-template": "http://example.com/{endpoint}",
  },
  ...{
    iri: "http://пример.ру",
    "iri-reference": "../словарь",
    hostname: "example.com",
    "idn-hostname": "пример.ру",
  },
  ...{ ipv4: "192.168.0.1", ipv6: "2001:0db8:85a3:0000:0000:8a2e:0370:7334", regex: "/regex/" },
  ...{ "json-pointer": "/json/pointer", "relative-json-pointer": "1/relative/json/pointer" },
  ...{ password: "pa$$word", byte: "c3RyaW5n" },
};

/** The example that always stands for a format; undefined where the format is unknown. */
export function sampleFormat(format: string, name: string | undefined): string | undefined {
  return format === "uuid" ? sampleUuid(name ?? "id") : formats[format];
}

/** Some value of a format; undefined where the format is unknown. */
export function randomFormat(format: string, chance: () => number): string | undefined {
  const number = (limit: number) => Math.floor(chance() * limit);
  const digits = (limit: number, length = 2) => String(number(limit)).padStart(length, "0");
  const date = `${2000 + number(40)}-${String(1 + number(12)).padStart(2, "0")}-${String(1 + number(28)).padStart(2, "0")}`;
  const time = `${digits(24)}:${digits(60)}:${digits(60)}Z`;
  const word = () => words[number(words.length)] as string;
  switch (format) {
    case "date":
      return date;
    case "time":
      return time;
    case "date-time":
      return `${date}T${time}`;
    case "duration":
      return `P${1 + number(30)}D`;
    case "email":
    case "idn-email":
      return `${word()}.${word()}${number(100)}@example.com`;
    case "hostname":
    case "idn-hostname":
      return `${word()}${number(100)}.example.com`;
    case "uri":
    case "iri":
      return `https://example.com/${word()}/${number(1000)}`;
    case "ipv4":
      return `192.0.2.${number(256)}`;
    case "ipv6":
      return `2001:db8::${number(65_536).toString(16)}`;
    case "uuid":
      return uuid(chance);
    case "byte":
      return Buffer.from(`${word()} ${word()}`).toString("base64");
    case "password":
      return `${word()}-${word()}-${number(100)}`;
    default:
      return formats[format];
  }
}

const words =
  "amber birch cedar dune ember fjord grove harbor island juniper kelp lagoon meadow north oak pine quartz river stone tide umber valley willow yarrow".split(
    " ",
  );

/** Words, as many as a length asks for, then cut. */
export function randomWords(least: number, most: number, chance: () => number): string {
  const word = () => words[Math.floor(chance() * words.length)] as string;
  let text = word();
  while (text.length < least || (text.length < Math.min(most, 24) && chance() < 0.5)) text += ` ${word()}`;
  return text.length > most ? text.slice(0, most) : text;
}

/** A version 4 UUID (RFC 9562) that is always the same for a property's name, and the one Prism shows. */
function sampleUuid(name: string): string {
  let hash = 0;
  for (const character of name) hash = (Math.imul(hash, 31) + character.charCodeAt(0)) | 0;
  return uuid(smallFastCounting(hash));
}

function uuid(chance: () => number): string {
  return "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx".replace(/[xy]/g, (place) => {
    const digit = ((chance() * 16) % 16) | 0;
    return (place === "x" ? digit : (digit & 3) | 8).toString(16);
  });
}

/** Bob Jenkins' small fast generator (JSF32): numbers from 0 to 1, always the same for a seed. */
function smallFastCounting(seed: number): () => number {
  let [a, b, c, d] = [seed, seed, seed, seed];
  return () => {
    const t = (a - ((b << 27) | (b >>> 5))) | 0;
    a = b ^ ((c << 17) | (c >>> 15));
    b = (c + d) | 0;
    c = (d + t) | 0;
    d = (a + t) | 0;
    return (d >>> 0) / 4294967296;
  };
}
