// Receives notifications of a Tollgate: standard, bluesnap, bluesnap-receipt, encrypted. .NET 8 or later, no packages.
//
// Copy what you need.
//
//     dotnet run -- verify FILE...   checks test vectors (docs/dialects/vectors); exit code 1 where one is not believed
//     dotnet run -- serve PORT       receives them at http://127.0.0.1:PORT/webhooks/; settings by environment
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

if (args.Length > 1 && args[0] == "verify")
{
    return args[1..].Select(Vectors.VerifyFile).ToList().TrueForAll(isBelieved => isBelieved) ? 0 : 1;
}
if (args.Length == 2 && args[0] == "serve")
{
    await Server.Serve(int.Parse(args[1], CultureInfo.InvariantCulture));
    return 0;
}
Console.Error.WriteLine("dotnet run -- verify FILE... | serve PORT");
return 2;

/// <summary>A request that must not be acted upon. Its text names no key and no signature.</summary>
public sealed class Refused(string reason) : Exception(reason);

/// <summary>Keys of one endpoint: the old and the new one while one is being rotated.</summary>
public sealed record Keys(
    string Dialect,
    IReadOnlyList<string> Secrets,
    IReadOnlyList<string> DataProtectionKeys,
    IReadOnlyList<string> NotificationKeys);

/// <summary>What was said, what names the fact (act on each once), and the body to answer 200 with.</summary>
public sealed record Notification(string Said, string Fact, string Answer);

public static class Tollgate
{
    private const int ToleranceSeconds = 300;
    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    /// <param name="header">null for what is missing or there twice</param>
    /// <param name="body">the raw bytes</param>
    public static Notification Verify(Keys keys, Func<string, string?> header, byte[] body, DateTimeOffset now) =>
        keys.Dialect switch
        {
            "standard" => VerifyStandard(keys.Secrets, header, body, now),
            "bluesnap" or "bluesnap-receipt" => VerifyBluesnap(keys, header, body, now),
            "encrypted" => VerifyEncrypted(keys.NotificationKeys, header, body, now),
            _ => throw new ArgumentException($"This sample does not speak {keys.Dialect}"),
        };

    private static Notification VerifyStandard(
        IReadOnlyList<string> secrets, Func<string, string?> header, byte[] body, DateTimeOffset now)
    {
        var id = Required(header, "webhook-id");
        var timestamp = Required(header, "webhook-timestamp");
        if (timestamp.Length > 11 || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            throw new Refused("the timestamp is none");
        }
        CheckAge(DateTimeOffset.FromUnixTimeSeconds(seconds), now);
        var signatures = Required(header, "webhook-signature").Split(' ').Take(16).ToList();
        var signed = Encoding.UTF8.GetBytes($"{id}.{timestamp}.").Concat(body).ToArray();
        var matches = false;
        foreach (var secret in secrets)
        {
            if (!secret.StartsWith("whsec_", StringComparison.Ordinal) || secret.Length == 6)
            {
                throw new ArgumentException("A secret is whsec_ and base64");
            }
            var mac = HMACSHA256.HashData(Convert.FromBase64String(secret[6..]), signed);
            var expected = Encoding.UTF8.GetBytes($"v1,{Convert.ToBase64String(mac)}");
            foreach (var signature in signatures)
            {
                matches |= CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(signature), expected);
            }
        }
        if (!matches) throw new Refused("no signature matches");
        using var json = ParseObject(body);
        if (!json.RootElement.TryGetProperty("type", out var type) || type.ValueKind != JsonValueKind.String)
        {
            throw new Refused("it is no event");
        }
        return new Notification(Text(body), id, "");
    }

    private static Notification VerifyBluesnap(Keys keys, Func<string, string?> header, byte[] body, DateTimeOffset now)
    {
        var stamp = Required(header, "bls-ipn-timestamp");
        const DateTimeStyles utc = DateTimeStyles.AssumeUniversal;
        if (!DateTimeOffset.TryParseExact(stamp, "yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture, utc, out var signedAt))
        {
            throw new Refused("the timestamp is none");
        }
        CheckAge(signedAt, now);
        var given = Encoding.UTF8.GetBytes(Required(header, "bls-signature").ToLowerInvariant());
        var signed = Encoding.UTF8.GetBytes(stamp).Concat(body).ToArray(); // the stamp first, and nothing between
        var matches = false;
        foreach (var secret in keys.Secrets)
        {
            if (secret.Length == 0) throw new ArgumentException("An empty key is one that everybody knows");
            var expected = Hex(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed));
            matches |= CryptographicOperations.FixedTimeEquals(given, Encoding.UTF8.GetBytes(expected));
        }
        if (!matches) throw new Refused("no signature matches");
        var text = Text(body);
        var parameters = ReadForm(text);
        if (!parameters.ContainsKey("transactionType") || !parameters.TryGetValue("referenceNumber", out var reference))
        {
            throw new Refused("it is no BlueSnap notification");
        }
        // The same for every copy of a notification. Not webhook-id, which bls-signature does not cover.
        var fact = Hex(SHA256.HashData(Encoding.UTF8.GetBytes(text.Split("&authKey=")[0])));
        var said = JsonSerializer.Serialize(parameters);
        if (keys.DataProtectionKeys.Count == 0) return new Notification(said, fact, "");
        var authKey = Encoding.UTF8.GetBytes(parameters.GetValueOrDefault("authKey", "").ToLowerInvariant());
        foreach (var key in keys.DataProtectionKeys)
        {
            var expected = Md5Hex(reference + parameters.GetValueOrDefault("contractId", "") + key);
            if (CryptographicOperations.FixedTimeEquals(authKey, Encoding.UTF8.GetBytes(expected)))
            {
                return new Notification(said, fact, ReceiptFor(key));
            }
        }
        throw new Refused("authKey is not made with a data protection key");
    }

    /// <summary>The whole body of the answer that acknowledges a notification of the dialect bluesnap-receipt.</summary>
    public static string ReceiptFor(string dataProtectionKey) => Md5Hex($"OK{dataProtectionKey}");

    private static Notification VerifyEncrypted(
        IReadOnlyList<string> keys, Func<string, string?> header, byte[] body, DateTimeOffset now)
    {
        var id = Required(header, "webhook-id");
        var parts = Text(body).Split('.');
        if (parts.Length != 5 || parts[1] != "") throw new Refused("it is no compact JWE");
        using var first = ParseObject(Base64Url(parts[0]));
        var isOurs = Member(first, "alg") == "dir" && Member(first, "enc") == "A256GCM";
        if (!isOurs || first.RootElement.TryGetProperty("zip", out _) || first.RootElement.TryGetProperty("crit", out _))
        {
            throw new Refused("it is encrypted in another way");
        }
        var (iv, ciphertext, tag) = (Base64Url(parts[2]), Base64Url(parts[3]), Base64Url(parts[4]));
        if (iv.Length != 12 || tag.Length != 16) throw new Refused("it is no compact JWE");
        var plain = OpenWithAny(keys, iv, ciphertext, tag, Encoding.ASCII.GetBytes(parts[0]));
        // Read amounts with JsonElement.GetDecimal: a double would lose what money needs.
        using var said = ParseObject(plain);
        if (Member(said, "webhookId") != id) throw new Refused("the header webhook-id is another message's");
        const DateTimeStyles utc = DateTimeStyles.AssumeUniversal;
        if (!DateTimeOffset.TryParse(Member(said, "issuedAt"), CultureInfo.InvariantCulture, utc, out var issuedAt))
        {
            throw new Refused("the timestamp is none");
        }
        CheckAge(issuedAt, now);
        return new Notification(Text(plain), id, "");
    }

    /// <summary>The header names a key by its kid; trying is as good, since only the right one opens it.</summary>
    private static byte[] OpenWithAny(IReadOnlyList<string> keys, byte[] iv, byte[] ciphertext, byte[] tag, byte[] additional)
    {
        foreach (var key in keys)
        {
            try
            {
                var plain = new byte[ciphertext.Length];
                using var aes = new AesGcm(Base64Url(key), tagSizeInBytes: 16);
                aes.Decrypt(iv, ciphertext, tag, plain, additional);
                return plain;
            }
            catch (CryptographicException)
            {
                // The next one, perhaps.
            }
        }
        throw new Refused("it was not made with a key that is here");
    }

    /// <summary>
    /// Addresses and ranges of GET /api/v1/egress-addresses; live and test have their own. An extra: the signature is the
    /// proof. Behind a proxy of yours take the address that the proxy saw, never a header that anybody can send.
    /// </summary>
    public static bool IsFromGateway(string remoteAddress, IReadOnlyList<string> egressAddresses)
    {
        var address = IPAddress.Parse(remoteAddress);
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return egressAddresses.Any(each =>
            each.Contains('/') ? IPNetwork.Parse(each).Contains(address) : IPAddress.Parse(each).Equals(address));
    }

    private static string Required(Func<string, string?> header, string name) =>
        header(name) is { Length: > 0 } value ? value : throw new Refused($"the header {name} is missing or there twice");

    private static void CheckAge(DateTimeOffset signedAt, DateTimeOffset now)
    {
        if (Math.Abs(now.ToUnixTimeSeconds() - signedAt.ToUnixTimeSeconds()) > ToleranceSeconds)
        {
            throw new Refused("it was not made within five minutes of now");
        }
    }

    private static string Hex(byte[] bytes) => Convert.ToHexString(bytes).ToLowerInvariant();

    private static string Md5Hex(string text) => Hex(MD5.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Text(byte[] bytes)
    {
        try
        {
            return Utf8.GetString(bytes);
        }
        catch (ArgumentException)
        {
            throw new Refused("it is no UTF-8");
        }
    }

    /// <summary>Two spellings of the same bytes would be one message under two names.</summary>
    private static byte[] Base64Url(string text)
    {
        try
        {
            var bytes = Convert.FromBase64String(text.Replace('-', '+').Replace('_', '/') + new string('=', (4 - text.Length % 4) % 4));
            if (Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_') == text) return bytes;
        }
        catch (FormatException)
        {
            // Said below.
        }
        throw new Refused("it is no base64url");
    }

    private static JsonDocument ParseObject(byte[] utf8)
    {
        try
        {
            var json = JsonDocument.Parse(utf8);
            if (json.RootElement.ValueKind == JsonValueKind.Object) return json;
        }
        catch (JsonException)
        {
            // Said below.
        }
        throw new Refused("it is no JSON object");
    }

    private static string? Member(JsonDocument json, string name) =>
        json.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static Dictionary<string, string> ReadForm(string text)
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in text.Split('&'))
        {
            var parts = pair.Split('=');
            if (parts.Length != 2 || !parameters.TryAdd(WebUtility.UrlDecode(parts[0]), WebUtility.UrlDecode(parts[1])))
            {
                throw new Refused("it is no form, or a parameter is there twice");
            }
        }
        return parameters;
    }
}

public static class Server
{
    private const int BodyBytesMax = 1 << 20;

    public static async Task Serve(int port)
    {
        static string[] Listed(string name) =>
            (Environment.GetEnvironmentVariable(name) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries);
        var keys = new Keys(
            Environment.GetEnvironmentVariable("TOLLGATE_DIALECT") ?? "standard",
            Listed("TOLLGATE_SECRETS"),
            Listed("TOLLGATE_DATA_PROTECTION_KEYS"),
            Listed("TOLLGATE_NOTIFICATION_KEYS"));
        var egressAddresses = Listed("TOLLGATE_EGRESS_ADDRESSES");
        // A table of yours, written in the transaction of the work itself, belongs in the place of both: memory forgets.
        var seen = new ConcurrentDictionary<string, bool>();
        using var work = new BlockingCollection<Notification>();
        // After the answer: the gateway waits for seconds, your warehouse may take longer.
        _ = Task.Run(() =>
        {
            foreach (var notification in work.GetConsumingEnumerable()) Console.WriteLine($"received: {notification.Fact}");
        });
        using var listener = new HttpListener();
        listener.Prefixes.Add($"http://127.0.0.1:{port}/webhooks/");
        listener.Start();
        Console.WriteLine($"listening on http://127.0.0.1:{port}/webhooks/");
        while (true)
        {
            var context = await listener.GetContextAsync();
            _ = Task.Run(() => Receive(context, keys, egressAddresses, notification =>
            {
                if (seen.TryAdd(notification.Fact, true)) work.Add(notification);
            }));
        }
    }

    private static void Receive(
        HttpListenerContext context, Keys keys, string[] egressAddresses, Action<Notification> take)
    {
        using var response = context.Response;
        try
        {
            var address = context.Request.RemoteEndPoint.Address.ToString();
            if (egressAddresses.Length > 0 && !Tollgate.IsFromGateway(address, egressAddresses))
            {
                throw new Refused($"{address} is not the gateway");
            }
            var notification = Tollgate.Verify(keys, name => OnlyOne(context.Request.Headers.GetValues(name)), Read(context.Request), DateTimeOffset.UtcNow);
            take(notification);
            response.StatusCode = 200;
            response.OutputStream.Write(Encoding.UTF8.GetBytes(notification.Answer));
        }
        catch (Refused reason)
        {
            Console.WriteLine($"refused: {reason.Message}");
            response.StatusCode = 400;
        }
    }

    /// <summary>Of a header that is there twice, nobody may choose one.</summary>
    private static string? OnlyOne(string[]? values) => values is [var value] ? value : null;

    private static byte[] Read(HttpListenerRequest request)
    {
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        for (int count; (count = request.InputStream.Read(buffer)) > 0; body.Write(buffer, 0, count))
        {
            if (body.Length > BodyBytesMax) throw new Refused("it is too large");
        }
        return body.ToArray();
    }
}

/// <summary>Test vectors as docs/dialects/vectors has them.</summary>
public static class Vectors
{
    public static bool VerifyFile(string path)
    {
        using var file = JsonDocument.Parse(File.ReadAllBytes(path));
        var dialect = file.RootElement.GetProperty("dialect").GetString() ?? "";
        var allBelieved = true;
        foreach (var vector in file.RootElement.GetProperty("vectors").EnumerateArray())
        {
            if (vector.GetProperty("request").ValueKind == JsonValueKind.Null) continue;
            var name = vector.GetProperty("name").GetString();
            try
            {
                Console.WriteLine($"verified\t{name}\t{Verify(dialect, vector).Answer}");
            }
            catch (Refused reason)
            {
                Console.WriteLine($"refused\t{name}\t{reason.Message}");
                allBelieved = false;
            }
        }
        return allBelieved;
    }

    private static Notification Verify(string dialect, JsonElement vector)
    {
        var all = vector.GetProperty("keys").EnumerateArray()
            .Select(key => (Kind: TextOf(key, "kind"), Text: TextOf(key, "text"))).ToList();
        string[] OfKind(string kind) => all.Where(key => key.Kind == kind).Select(key => key.Text).ToArray();
        var keys = new Keys(dialect, OfKind("secret"), OfKind("data_protection"), OfKind("notification"));
        if (vector.TryGetProperty("source", out var source))
        {
            var allowed = source.GetProperty("egressAddresses").EnumerateArray().Select(each => each.GetString() ?? "").ToArray();
            if (!Tollgate.IsFromGateway(TextOf(source, "address"), allowed)) throw new Refused("it does not come from the gateway");
        }
        var request = vector.GetProperty("request");
        string? Header(string name) => request.GetProperty("headers").TryGetProperty(name, out var value) ? value.GetString() : null;
        return Tollgate.Verify(keys, Header, Encoding.UTF8.GetBytes(TextOf(request, "body")), vector.GetProperty("at").GetDateTimeOffset());
    }

    private static string TextOf(JsonElement element, string name) => element.GetProperty(name).GetString() ?? "";
}
