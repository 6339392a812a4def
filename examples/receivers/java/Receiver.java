import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Receives notifications of a Tollgate: standard, bluesnap, bluesnap-receipt, encrypted. Java 17 or later, nothing to
 * install. Copy what you need; with a JSON library of yours the class Json falls away.
 *
 * java Receiver.java verify FILE...   checks test vectors (docs/dialects/vectors); exit code 1 where one is not believed
 * java Receiver.java serve PORT       receives them at http://127.0.0.1:PORT/webhooks; settings by environment
 */
public final class Receiver {
  static final long TOLERANCE_SECONDS = 300;
  static final int BODY_BYTES_MAX = 1 << 20;

  /** A request that must not be acted upon. Its text names no key and no signature. */
  static final class Refused extends Exception {
    Refused(String reason) {
      super(reason);
    }
  }

  /** Keys of one endpoint: the old and the new one while one is being rotated. */
  record Keys(String dialect, List<String> secrets, List<String> dataProtectionKeys, List<String> notificationKeys) {}

  /** What was said, what names the fact (act on each once), and the body to answer 200 with. */
  record Notification(Map<String, ?> said, String fact, String answer) {}

  /** header: null for what is missing or there twice; body: the raw bytes. */
  static Notification verify(Keys keys, UnaryOperator<String> header, byte[] body, Instant now) throws Refused {
    return switch (keys.dialect()) {
      case "standard" -> verifyStandard(keys.secrets(), header, body, now);
      case "bluesnap", "bluesnap-receipt" -> verifyBluesnap(keys, header, body, now);
      case "encrypted" -> verifyEncrypted(keys.notificationKeys(), header, body, now);
      default -> throw new IllegalArgumentException("This sample does not speak " + keys.dialect());
    };
  }

  static Notification verifyStandard(List<String> secrets, UnaryOperator<String> header, byte[] body, Instant now)
      throws Refused {
    String id = required(header, "webhook-id");
    String timestamp = required(header, "webhook-timestamp");
    if (!timestamp.matches("[0-9]{1,12}")) throw new Refused("the timestamp is none");
    checkAge(Instant.ofEpochSecond(Long.parseLong(timestamp)), now);
    String[] signatures = required(header, "webhook-signature").split(" ", 17);
    boolean matches = false;
    for (String secret : secrets) {
      if (!secret.startsWith("whsec_") || secret.length() == 6) throw new IllegalArgumentException("A secret is whsec_ and base64");
      byte[] key = Base64.getDecoder().decode(secret.substring(6));
      byte[] mac = hmac(key, utf8(id + "." + timestamp + "."), body);
      byte[] expected = utf8("v1," + Base64.getEncoder().encodeToString(mac));
      for (String signature : signatures) matches |= MessageDigest.isEqual(utf8(signature), expected);
    }
    if (!matches) throw new Refused("no signature matches");
    Map<String, ?> event = Json.object(text(body));
    if (!(event.get("type") instanceof String)) throw new Refused("it is no event");
    return new Notification(event, id, "");
  }

  static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS").withResolverStyle(ResolverStyle.STRICT);

  static Notification verifyBluesnap(Keys keys, UnaryOperator<String> header, byte[] body, Instant now) throws Refused {
    String stamp = required(header, "bls-ipn-timestamp");
    byte[] given = utf8(required(header, "bls-signature").toLowerCase(Locale.ROOT));
    try {
      checkAge(LocalDateTime.parse(stamp, STAMP).toInstant(ZoneOffset.UTC), now);
    } catch (DateTimeParseException error) {
      throw new Refused("the timestamp is none");
    }
    boolean matches = false;
    for (String secret : keys.secrets()) {
      if (secret.isEmpty()) throw new IllegalArgumentException("An empty key is one that everybody knows");
      // The stamp first, and nothing between it and the body.
      matches |= MessageDigest.isEqual(given, utf8(hex(hmac(utf8(secret), utf8(stamp), body))));
    }
    if (!matches) throw new Refused("no signature matches");
    Map<String, String> parameters = readForm(text(body));
    String reference = parameters.get("referenceNumber");
    if (reference == null || !parameters.containsKey("transactionType")) throw new Refused("it is no BlueSnap notification");
    // The same for every copy of a notification. Not webhook-id, which bls-signature does not cover.
    String fact = hex(digest("SHA-256", text(body).split("&authKey=", 2)[0]));
    if (keys.dataProtectionKeys().isEmpty()) return new Notification(parameters, fact, "");
    byte[] authKey = utf8(parameters.getOrDefault("authKey", "").toLowerCase(Locale.ROOT));
    for (String key : keys.dataProtectionKeys()) {
      String signed = reference + parameters.getOrDefault("contractId", "") + key;
      if (MessageDigest.isEqual(authKey, utf8(hex(digest("MD5", signed))))) return new Notification(parameters, fact, receiptFor(key));
    }
    throw new Refused("authKey is not made with a data protection key");
  }

  /** The whole body of the answer that acknowledges a notification of the dialect bluesnap-receipt. */
  static String receiptFor(String dataProtectionKey) {
    return hex(digest("MD5", "OK" + dataProtectionKey));
  }

  static Notification verifyEncrypted(List<String> keys, UnaryOperator<String> header, byte[] body, Instant now)
      throws Refused {
    String id = required(header, "webhook-id");
    String[] parts = text(body).split("\\.", -1);
    if (parts.length != 5 || !parts[1].isEmpty()) throw new Refused("it is no compact JWE");
    Map<String, ?> first = Json.object(text(base64url(parts[0])));
    boolean isOurs = "dir".equals(first.get("alg")) && "A256GCM".equals(first.get("enc"));
    if (!isOurs || first.containsKey("zip") || first.containsKey("crit")) throw new Refused("it is encrypted in another way");
    byte[] iv = base64url(parts[2]);
    byte[] ciphertext = base64url(parts[3]);
    byte[] tag = base64url(parts[4]);
    if (iv.length != 12 || tag.length != 16) throw new Refused("it is no compact JWE");
    byte[] plain = openWithAny(keys, iv, ciphertext, tag, utf8(parts[0]));
    Map<String, ?> said = Json.object(text(plain));
    if (!id.equals(said.get("webhookId"))) throw new Refused("the header webhook-id is another message's");
    try {
      checkAge(Instant.parse(String.valueOf(said.get("issuedAt"))), now);
    } catch (DateTimeParseException error) {
      throw new Refused("the timestamp is none");
    }
    return new Notification(said, id, "");
  }

  /** The header names a key by its kid; trying is as good, since only the right one opens it. */
  static byte[] openWithAny(List<String> keys, byte[] iv, byte[] ciphertext, byte[] tag, byte[] additional) throws Refused {
    for (String key : keys) {
      try {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(base64url(key), "AES"), new GCMParameterSpec(128, iv));
        cipher.updateAAD(additional);
        cipher.update(ciphertext);
        return cipher.doFinal(tag);
      } catch (GeneralSecurityException error) {
        // The next one, perhaps.
      }
    }
    throw new Refused("it was not made with a key that is here");
  }

  /**
   * Addresses and ranges of GET /api/v1/egress-addresses; live and test have their own. An extra: the signature is the
   * proof. Behind a proxy of yours take the address that the proxy saw, never a header that anybody can send.
   */
  static boolean isFromGateway(String remoteAddress, List<String> egressAddresses) {
    return egressAddresses.stream().anyMatch(each -> isWithin(remoteAddress, each));
  }

  static boolean isWithin(String remoteAddress, String range) {
    String[] parts = range.split("/", 2);
    byte[] address = bytesOf(remoteAddress);
    byte[] network = bytesOf(parts[0]);
    if (address.length != network.length) return false;
    int bits = parts.length == 2 ? Integer.parseInt(parts[1]) : network.length * 8;
    for (int bit = 0; bit < bits; bit++) {
      if (((address[bit / 8] ^ network[bit / 8]) & (0x80 >> bit % 8)) != 0) return false;
    }
    return true;
  }

  /** Of an address written out, which is never looked up; an IPv4 address in IPv6 is one of IPv4. */
  static byte[] bytesOf(String address) {
    try {
      if (!address.matches("[0-9a-fA-F:.]+")) throw new IllegalArgumentException("This is no address: " + address);
      return InetAddress.getByName(address).getAddress();
    } catch (UnknownHostException error) {
      throw new IllegalArgumentException("This is no address: " + address);
    }
  }

  static String required(UnaryOperator<String> header, String name) throws Refused {
    String value = header.apply(name);
    if (value == null || value.isEmpty()) throw new Refused("the header " + name + " is missing or there twice");
    return value;
  }

  static void checkAge(Instant signedAt, Instant now) throws Refused {
    if (Math.abs(now.getEpochSecond() - signedAt.getEpochSecond()) > TOLERANCE_SECONDS) {
      throw new Refused("it was not made within five minutes of now");
    }
  }

  static byte[] hmac(byte[] key, byte[]... parts) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      for (byte[] part : parts) mac.update(part);
      return mac.doFinal();
    } catch (GeneralSecurityException error) {
      throw new IllegalStateException(error);
    }
  }

  static byte[] digest(String algorithm, String text) {
    try {
      return MessageDigest.getInstance(algorithm).digest(utf8(text));
    } catch (GeneralSecurityException error) {
      throw new IllegalStateException(error);
    }
  }

  static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Not new String(bytes, UTF_8), which makes question marks of what is no UTF-8. */
  static String text(byte[] bytes) throws Refused {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException error) {
      throw new Refused("it is no UTF-8");
    }
  }

  /** Two spellings of the same bytes would be one message under two names. */
  static byte[] base64url(String text) throws Refused {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(text);
      if (Base64.getUrlEncoder().withoutPadding().encodeToString(bytes).equals(text)) return bytes;
    } catch (IllegalArgumentException error) {
      // Said below.
    }
    throw new Refused("it is no base64url");
  }

  static Map<String, String> readForm(String text) throws Refused {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (String pair : text.split("&", -1)) {
      String[] parts = pair.split("=", -1);
      if (parts.length != 2 || parts[0].isEmpty()) throw new Refused("it is no form");
      try {
        String before = parameters.put(URLDecoder.decode(parts[0], StandardCharsets.UTF_8), URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
        if (before != null) throw new Refused("a parameter is there twice");
      } catch (IllegalArgumentException error) {
        throw new Refused("it is no form");
      }
    }
    return parameters;
  }

  /** As much JSON as is needed. Numbers stay the text they are: a double would lose what money needs. */
  static final class Json {
    private static final Pattern SCALAR = Pattern.compile("-?(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null");
    private static final int DEPTH_MAX = 64;
    private final CharBuffer rest;
    private int depth;

    private Json(String text) {
      rest = CharBuffer.wrap(text);
    }

    @SuppressWarnings("unchecked")
    static Map<String, ?> object(String text) throws Refused {
      Json json = new Json(text);
      Object value = json.value();
      if (json.peek() != 0 || !(value instanceof Map)) throw new Refused("it is no JSON object");
      return (Map<String, ?>) value;
    }

    private Object value() throws Refused {
      if (++depth > DEPTH_MAX) throw new Refused("it is no JSON object");
      Object value = switch (peek()) {
        case '{' -> members();
        case '[' -> elements();
        case '"' -> string();
        default -> scalar();
      };
      depth--;
      return value;
    }

    private Map<String, Object> members() throws Refused {
      Map<String, Object> members = new LinkedHashMap<>();
      for (take('{'); peek() != '}'; ) {
        if (!members.isEmpty()) take(',');
        peek();
        String name = string();
        take(':');
        if (members.containsKey(name)) throw new Refused("a member is there twice");
        members.put(name, value());
      }
      take('}');
      return members;
    }

    private List<Object> elements() throws Refused {
      List<Object> elements = new ArrayList<>();
      for (take('['); peek() != ']'; elements.add(value())) if (!elements.isEmpty()) take(',');
      take(']');
      return elements;
    }

    private String string() throws Refused {
      StringBuilder text = new StringBuilder();
      take('"');
      for (char letter = next(); letter != '"'; letter = next()) {
        if (letter < ' ') throw new Refused("it is no JSON object");
        text.append(letter == '\\' ? escaped(next()) : letter);
      }
      return text.toString();
    }

    private char escaped(char letter) throws Refused {
      int known = "\"\\/bfnrt".indexOf(letter);
      if (known >= 0) return "\"\\/\b\f\n\r\t".charAt(known);
      String digits = letter == 'u' ? "" + next() + next() + next() + next() : "";
      if (!digits.matches("[0-9a-fA-F]{4}")) throw new Refused("it is no JSON object");
      return (char) Integer.parseInt(digits, 16);
    }

    private Object scalar() throws Refused {
      var matcher = SCALAR.matcher(rest);
      if (!matcher.lookingAt()) throw new Refused("it is no JSON object");
      String text = matcher.group();
      rest.position(rest.position() + text.length());
      return text.equals("null") ? null : text;
    }

    private char peek() {
      while (rest.hasRemaining() && " \t\r\n".indexOf(rest.get(rest.position())) >= 0) rest.get();
      return rest.hasRemaining() ? rest.get(rest.position()) : 0;
    }

    private char next() throws Refused {
      if (!rest.hasRemaining()) throw new Refused("it is no JSON object");
      return rest.get();
    }

    private void take(char expected) throws Refused {
      if (peek() != expected) throw new Refused("it is no JSON object");
      rest.get();
    }
  }

  // ---- receiving -----------------------------------------------------------------------------------------------------

  static List<String> listed(String name) {
    return Arrays.stream(System.getenv().getOrDefault(name, "").split(",")).filter(each -> !each.isEmpty()).toList();
  }

  static Keys settings() {
    String dialect = System.getenv().getOrDefault("TOLLGATE_DIALECT", "standard");
    return new Keys(dialect, listed("TOLLGATE_SECRETS"), listed("TOLLGATE_DATA_PROTECTION_KEYS"), listed("TOLLGATE_NOTIFICATION_KEYS"));
  }

  static void serve(int port) throws IOException {
    Keys keys = settings();
    List<String> egressAddresses = listed("TOLLGATE_EGRESS_ADDRESSES");
    // A table of yours, written in the transaction of the work itself, belongs in the place of both: memory forgets.
    Set<String> seen = ConcurrentHashMap.newKeySet();
    ExecutorService work = Executors.newSingleThreadExecutor();
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
    server.setExecutor(Executors.newFixedThreadPool(8));
    server.createContext("/webhooks", exchange -> {
      byte[] body = exchange.getRequestBody().readNBytes(BODY_BYTES_MAX + 1);
      String remoteAddress = exchange.getRemoteAddress().getAddress().getHostAddress();
      if (body.length > BODY_BYTES_MAX || !exchange.getRequestMethod().equals("POST")) {
        answer(exchange, 400, "");
      } else if (!egressAddresses.isEmpty() && !isFromGateway(remoteAddress, egressAddresses)) {
        System.out.println("refused: " + remoteAddress + " is not the gateway");
        answer(exchange, 403, "");
      } else {
        try {
          Notification notification = verify(keys, name -> onlyOne(exchange.getRequestHeaders().get(name)), body, Instant.now());
          // After the answer: the gateway waits for seconds, your warehouse may take longer.
          if (seen.add(notification.fact())) work.submit(() -> System.out.println("received: " + wordOf(notification.said())));
          answer(exchange, 200, notification.answer());
        } catch (Refused reason) {
          System.out.println("refused: " + reason.getMessage());
          answer(exchange, 400, "");
        }
      }
    });
    server.start();
    System.out.println("listening on http://127.0.0.1:" + server.getAddress().getPort() + "/webhooks");
  }

  /** Of a header that is there twice, nobody may choose one. */
  static String onlyOne(List<String> values) {
    return values != null && values.size() == 1 ? values.get(0) : null;
  }

  static Object wordOf(Map<String, ?> said) {
    return said.containsKey("type") ? said.get("type") : said.containsKey("transactionType") ? said.get("transactionType") : said.get("status");
  }

  static void answer(HttpExchange exchange, int status, String text) throws IOException {
    exchange.sendResponseHeaders(status, text.isEmpty() ? -1 : text.length());
    if (!text.isEmpty()) exchange.getResponseBody().write(utf8(text));
    exchange.close();
  }

  /** Test vectors as docs/dialects/vectors has them. Whether all that is sent in them is believed. */
  static boolean verifyFile(Path path) throws IOException, Refused {
    Map<String, ?> file = Json.object(Files.readString(path));
    boolean allBelieved = true;
    for (Object each : (List<?>) file.get("vectors")) {
      Map<?, ?> vector = (Map<?, ?>) each;
      if (vector.get("request") == null) continue;
      try {
        Notification notification = verifyVector((String) file.get("dialect"), vector);
        System.out.println("verified\t" + vector.get("name") + "\t" + notification.answer());
      } catch (Refused reason) {
        System.out.println("refused\t" + vector.get("name") + "\t" + reason.getMessage());
        allBelieved = false;
      }
    }
    return allBelieved;
  }

  static Notification verifyVector(String dialect, Map<?, ?> vector) throws Refused {
    Keys keys = new Keys(dialect, new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (Object each : (List<?>) vector.get("keys")) {
      Map<?, ?> key = (Map<?, ?>) each;
      String text = (String) key.get("text");
      if ("secret".equals(key.get("kind"))) keys.secrets().add(text);
      if ("data_protection".equals(key.get("kind"))) keys.dataProtectionKeys().add(text);
      if ("notification".equals(key.get("kind"))) keys.notificationKeys().add(text);
    }
    if (vector.get("source") instanceof Map<?, ?> source) {
      List<String> allowed = ((List<?>) source.get("egressAddresses")).stream().map(String::valueOf).toList();
      if (!isFromGateway((String) source.get("address"), allowed)) throw new Refused("it does not come from the gateway");
    }
    Map<?, ?> request = (Map<?, ?>) vector.get("request");
    Map<?, ?> headers = (Map<?, ?>) request.get("headers");
    return verify(keys, name -> (String) headers.get(name), utf8((String) request.get("body")), Instant.parse((String) vector.get("at")));
  }

  public static void main(String[] arguments) throws Exception {
    System.setOut(new PrintStream(System.out, true, StandardCharsets.UTF_8));
    if (arguments.length > 1 && arguments[0].equals("verify")) {
      boolean allBelieved = true;
      for (String path : List.of(arguments).subList(1, arguments.length)) allBelieved &= verifyFile(Path.of(path));
      System.exit(allBelieved ? 0 : 1);
    } else if (arguments.length == 2 && arguments[0].equals("serve")) {
      serve(Integer.parseInt(arguments[1]));
    } else {
      System.err.println("java Receiver.java verify FILE... | serve PORT");
      System.exit(2);
    }
  }
}
