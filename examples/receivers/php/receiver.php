<?php
// Receives notifications of a Tollgate: standard, bluesnap, bluesnap-receipt, encrypted. PHP 8.1 or later with openssl.
//
// Copy what you need. Behind a web server it answers requests; settings by environment, see settings().
//
//     php receiver.php verify FILE...      checks test vectors (docs/dialects/vectors); exit code 1 where one is not believed
//     php -S 127.0.0.1:8090 receiver.php   receives them while you develop
declare(strict_types=1);

const TOLERANCE_SECONDS = 300;
const BODY_BYTES_MAX = 1024 * 1024;

/** A request that must not be acted upon. Its text names no key and no signature. */
final class Refused extends Exception
{
}

/**
 * What was said, what names the fact (act on each once), and the body to answer 200 with.
 * $keys: lists, the old and the new one while one is being rotated; $headers: names in small letters; $body: raw bytes.
 *
 * @return array{said: array<string, mixed>, fact: string, answer: string}
 */
function verify(array $keys, array $headers, string $body, int $now): array
{
    return match ($keys['dialect']) {
        'standard' => verify_standard($keys['secrets'], $headers, $body, $now),
        'bluesnap', 'bluesnap-receipt' => verify_bluesnap($keys, $headers, $body, $now),
        'encrypted' => verify_encrypted($keys['notification_keys'], $headers, $body, $now),
        default => throw new InvalidArgumentException('This sample does not speak ' . $keys['dialect']),
    };
}

function verify_standard(array $secrets, array $headers, string $body, int $now): array
{
    $id = header_of($headers, 'webhook-id');
    $timestamp = header_of($headers, 'webhook-timestamp');
    if (preg_match('/\A[0-9]{1,12}\z/', $timestamp) !== 1) {
        throw new Refused('the timestamp is none');
    }
    check_age((int) $timestamp, $now);
    $signatures = array_slice(explode(' ', header_of($headers, 'webhook-signature')), 0, 16);
    $matches = false;
    foreach ($secrets as $secret) {
        $key = str_starts_with($secret, 'whsec_') ? base64_decode(substr($secret, 6), true) : '';
        if ($key === false || $key === '') {
            throw new InvalidArgumentException('A secret is whsec_ and base64');
        }
        $expected = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$timestamp.$body", $key, true));
        foreach ($signatures as $signature) {
            $matches = hash_equals($expected, $signature) || $matches;
        }
    }
    if (!$matches) {
        throw new Refused('no signature matches');
    }
    $event = parse_object($body);
    if (!is_string($event['type'] ?? null)) {
        throw new Refused('it is no event');
    }
    return ['said' => $event, 'fact' => $id, 'answer' => ''];
}

function verify_bluesnap(array $keys, array $headers, string $body, int $now): array
{
    $stamp = header_of($headers, 'bls-ipn-timestamp');
    $signed_at = DateTimeImmutable::createFromFormat('!Y-m-d H:i:s.v', $stamp, new DateTimeZone('UTC'));
    if ($signed_at === false || $signed_at->format('Y-m-d H:i:s.v') !== $stamp) {
        throw new Refused('the timestamp is none');
    }
    check_age($signed_at->getTimestamp(), $now);
    $signature = strtolower(header_of($headers, 'bls-signature'));
    $matches = false;
    foreach ($keys['secrets'] as $secret) {
        if ($secret === '') {
            throw new InvalidArgumentException('An empty key is one that everybody knows');
        }
        // The stamp first, and nothing between it and the body.
        $matches = hash_equals(hash_hmac('sha256', $stamp . $body, $secret), $signature) || $matches;
    }
    if (!$matches) {
        throw new Refused('no signature matches');
    }
    $parameters = read_form($body);
    if (!isset($parameters['transactionType'], $parameters['referenceNumber'])) {
        throw new Refused('it is no BlueSnap notification');
    }
    // The same for every copy of a notification. Not webhook-id, which bls-signature does not cover.
    $fact = hash('sha256', explode('&authKey=', $body, 2)[0]);
    if ($keys['data_protection_keys'] === []) {
        return ['said' => $parameters, 'fact' => $fact, 'answer' => ''];
    }
    foreach ($keys['data_protection_keys'] as $key) {
        $auth_key = md5($parameters['referenceNumber'] . ($parameters['contractId'] ?? '') . $key);
        if (hash_equals($auth_key, strtolower($parameters['authKey'] ?? ''))) {
            return ['said' => $parameters, 'fact' => $fact, 'answer' => receipt_for($key)];
        }
    }
    throw new Refused('authKey is not made with a data protection key');
}

/** The whole body of the answer that acknowledges a notification of the dialect bluesnap-receipt. */
function receipt_for(string $data_protection_key): string
{
    return md5('OK' . $data_protection_key);
}

/** $keys: base64url. A float would lose what money needs: amounts stay texts, with all their digits. */
function verify_encrypted(array $keys, array $headers, string $body, int $now): array
{
    $id = header_of($headers, 'webhook-id');
    $parts = explode('.', $body);
    if (count($parts) !== 5 || $parts[1] !== '') {
        throw new Refused('it is no compact JWE');
    }
    $first = parse_object(base64url($parts[0]));
    $is_ours = ($first['alg'] ?? null) === 'dir' && ($first['enc'] ?? null) === 'A256GCM';
    if (!$is_ours || array_key_exists('zip', $first) || array_key_exists('crit', $first)) {
        throw new Refused('it is encrypted in another way');
    }
    [$iv, $ciphertext, $tag] = array_map('base64url', array_slice($parts, 2));
    // openssl_decrypt would take a tag of four bytes as well.
    if (strlen($iv) !== 12 || strlen($tag) !== 16) {
        throw new Refused('it is no compact JWE');
    }
    $plain = false;
    foreach ($keys as $text) { // the header names one by its kid; trying is as good, since only the right one opens it
        $key = base64url($text);
        if (strlen($key) === 32 && $plain === false) {
            $plain = openssl_decrypt($ciphertext, 'aes-256-gcm', $key, OPENSSL_RAW_DATA, $iv, $tag, $parts[0]);
        }
    }
    if ($plain === false) {
        throw new Refused('it was not made with a key that is here');
    }
    // Outside of texts every number becomes a text; a text in JSON begins and ends with quotation marks.
    $numbers = '/"(?:[^"\\\\]|\\\\.)*+"|-?[0-9][0-9.eE+-]*/s';
    $quoted = preg_replace_callback($numbers, fn (array $m) => $m[0][0] === '"' ? $m[0] : "\"$m[0]\"", $plain);
    $said = parse_object($quoted ?? '');
    if (($said['webhookId'] ?? null) !== $id) {
        throw new Refused("the header webhook-id is another message's");
    }
    $issued_at = is_string($said['issuedAt'] ?? null) ? strtotime($said['issuedAt']) : false;
    if ($issued_at === false) {
        throw new Refused('the timestamp is none');
    }
    check_age($issued_at, $now);
    return ['said' => $said, 'fact' => $id, 'answer' => ''];
}

/**
 * Addresses and ranges of GET /api/v1/egress-addresses; live and test have their own. An extra: the signature is the
 * proof. Behind a proxy of yours take the address that the proxy saw, never a header that anybody can send.
 */
function is_from_gateway(string $remote_address, array $egress_addresses): bool
{
    foreach ($egress_addresses as $range) {
        [$network, $bits] = explode('/', $range, 2) + [1 => null];
        [$ours, $theirs] = [address_bits($remote_address), address_bits($network)];
        if (strlen($ours) === strlen($theirs) && strncmp($ours, $theirs, (int) ($bits ?? strlen($theirs))) === 0) {
            return true;
        }
    }
    return false;
}

/** As ones and zeros; an IPv4 address in IPv6 is one of IPv4. */
function address_bits(string $address): string
{
    $bytes = inet_pton(preg_replace('/\A::ffff:(?=[0-9.]+\z)/i', '', $address));
    if ($bytes === false) {
        throw new InvalidArgumentException("This is no address: $address");
    }
    return implode('', array_map(fn (int $byte) => sprintf('%08b', $byte), array_values(unpack('C*', $bytes))));
}

function header_of(array $headers, string $name): string
{
    $value = $headers[$name] ?? '';
    if (!is_string($value) || $value === '') {
        throw new Refused("the header $name is missing or there twice");
    }
    return $value;
}

function check_age(int $signed_at, int $now): void
{
    if (abs($now - $signed_at) > TOLERANCE_SECONDS) {
        throw new Refused('it was not made within five minutes of now');
    }
}

/** Two spellings of the same bytes would be one message under two names. */
function base64url(string $text): string
{
    $bytes = base64_decode(strtr($text, '-_', '+/'), true);
    if ($bytes === false || rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=') !== $text) {
        throw new Refused('it is no base64url');
    }
    return $bytes;
}

function parse_object(string $text): array
{
    $value = json_decode($text, true, 64, JSON_BIGINT_AS_STRING);
    if (!is_array($value) || array_is_list($value)) {
        throw new Refused('it is no JSON object');
    }
    return $value;
}

/** Not parse_str(), which renames parameters, and $_POST, which also forgets the raw bytes. */
function read_form(string $body): array
{
    $parameters = [];
    foreach (explode('&', $body) as $pair) {
        $parts = array_map('urldecode', explode('=', $pair));
        if (count($parts) !== 2 || $parts[0] === '' || isset($parameters[$parts[0]])) {
            throw new Refused('it is no form, or a parameter is there twice');
        }
        $parameters[$parts[0]] = $parts[1];
    }
    return $parameters;
}

// ---- receiving ------------------------------------------------------------------------------------------------------

function settings(): array
{
    $listed = fn (string $name) => array_values(array_filter(explode(',', (string) getenv($name)), fn ($each) => $each !== ''));
    return [
        'dialect' => getenv('TOLLGATE_DIALECT') ?: 'standard',
        'secrets' => $listed('TOLLGATE_SECRETS'),
        'data_protection_keys' => $listed('TOLLGATE_DATA_PROTECTION_KEYS'),
        'notification_keys' => $listed('TOLLGATE_NOTIFICATION_KEYS'),
        'egress_addresses' => $listed('TOLLGATE_EGRESS_ADDRESSES'),
    ];
}

function receive(): void
{
    $keys = settings();
    $remote_address = (string) ($_SERVER['REMOTE_ADDR'] ?? '');
    if ($keys['egress_addresses'] !== [] && !is_from_gateway($remote_address, $keys['egress_addresses'])) {
        error_log("refused: $remote_address is not the gateway");
        http_response_code(403);
        return;
    }
    $body = (string) file_get_contents('php://input', false, null, 0, BODY_BYTES_MAX + 1);
    $headers = [];
    foreach (['webhook-id', 'webhook-timestamp', 'webhook-signature', 'bls-signature', 'bls-ipn-timestamp'] as $name) {
        $headers[$name] = $_SERVER['HTTP_' . strtoupper(strtr($name, '-', '_'))] ?? '';
    }
    try {
        if (strlen($body) > BODY_BYTES_MAX) {
            throw new Refused('it is too large');
        }
        $notification = verify($keys, $headers, $body, time());
    } catch (Refused $reason) {
        error_log('refused: ' . $reason->getMessage());
        http_response_code(400);
        return;
    }
    // Here: insert the fact and the work into a table of yours in one transaction, unless the fact is there already.
    // A worker does it afterwards: the gateway waits for seconds, your warehouse may take longer.
    $said = $notification['said'];
    error_log('received: ' . ($said['type'] ?? $said['transactionType'] ?? $said['status'] ?? ''));
    echo $notification['answer'];
}

/** Test vectors as docs/dialects/vectors has them. Whether all that is sent in them is believed. */
function verify_file(string $path): bool
{
    $file = json_decode((string) file_get_contents($path), true, 64, JSON_THROW_ON_ERROR);
    $all_believed = true;
    foreach ($file['vectors'] as $vector) {
        if ($vector['request'] === null) {
            continue;
        }
        try {
            echo "verified\t{$vector['name']}\t" . verify_vector($file['dialect'], $vector)['answer'] . "\n";
        } catch (Refused $reason) {
            echo "refused\t{$vector['name']}\t{$reason->getMessage()}\n";
            $all_believed = false;
        }
    }
    return $all_believed;
}

function verify_vector(string $dialect, array $vector): array
{
    $of_kind = fn (string $kind) => array_filter($vector['keys'], fn (array $key) => $key['kind'] === $kind);
    $source = $vector['source'] ?? null;
    if ($source !== null && !is_from_gateway($source['address'], $source['egressAddresses'])) {
        throw new Refused('it does not come from the gateway');
    }
    $keys = [
        'dialect' => $dialect,
        'secrets' => array_column($of_kind('secret'), 'text'),
        'data_protection_keys' => array_column($of_kind('data_protection'), 'text'),
        'notification_keys' => array_column($of_kind('notification'), 'text'),
    ];
    return verify($keys, $vector['request']['headers'], $vector['request']['body'], (int) strtotime($vector['at']));
}

if (PHP_SAPI !== 'cli') {
    receive();
} elseif ($argc > 2 && $argv[1] === 'verify') {
    exit(in_array(false, array_map('verify_file', array_slice($argv, 2)), true) ? 1 : 0);
} else {
    fwrite(STDERR, "php receiver.php verify FILE...\n");
    exit(2);
}
