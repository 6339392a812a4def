#!/usr/bin/env python3
"""Receives notifications of a Tollgate: standard, bluesnap, bluesnap-receipt, encrypted. Python 3.8 or later.

Copy what you need. Nothing has to be installed, except `cryptography` for the dialect `encrypted`: Python has no AES.

    receiver.py verify FILE...   checks test vectors (docs/dialects/vectors); exit code 1 where one is not believed
    receiver.py serve PORT       receives them at http://127.0.0.1:PORT/webhooks; settings by environment, see settings()
"""
import base64
import binascii
import datetime
import hashlib
import hmac
import ipaddress
import json
import os
import queue
import re
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote_to_bytes

TOLERANCE_SECONDS = 300
BODY_BYTES_MAX = 1024 * 1024


class Refused(Exception):
    """A request that must not be acted upon. Its text names no key and no signature."""


def verify_standard(secrets, headers, body, now):
    """The event. `secrets`: whsec_…, two of them during a rotation; `headers`: names in small letters; `body`: raw bytes."""
    event_id = header(headers, "webhook-id")
    timestamp = header(headers, "webhook-timestamp")
    if not re.fullmatch(r"[0-9]{1,12}", timestamp):
        raise Refused("the timestamp is none")
    check_age(int(timestamp), now)
    signed = f"{event_id}.{timestamp}.".encode() + body
    expected = [base64.b64encode(hmac.new(standard_key(each), signed, hashlib.sha256).digest()) for each in secrets]
    given = [each[3:].encode() for each in header(headers, "webhook-signature").split(" ")[:16] if each.startswith("v1,")]
    if not any(hmac.compare_digest(mine, theirs) for mine in expected for theirs in given):
        raise Refused("no signature matches")
    event = parse_json(body)
    if not isinstance(event.get("type"), str) or not isinstance(event.get("data"), dict):
        raise Refused("it is no event")
    return event


def standard_key(secret):
    key = base64.b64decode(secret[6:], validate=True) if secret.startswith("whsec_") else b""
    if not key:
        raise ValueError("A secret is whsec_ and base64")
    return key


def verify_bluesnap(secrets, data_protection_keys, headers, body, now):
    """The parameters, and the body to answer 200 with: the receipt where there is a data protection key, else nothing."""
    stamp = header(headers, "bls-ipn-timestamp")
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}", stamp):
        raise Refused("the timestamp is none")
    check_age(epoch_of(stamp.replace(" ", "T") + "Z"), now)
    signature = header(headers, "bls-signature").lower().encode()
    # The stamp first, and nothing between it and the body.
    expected = [hmac.new(key_bytes(each), stamp.encode() + body, hashlib.sha256).hexdigest().encode() for each in secrets]
    if not any(hmac.compare_digest(each, signature) for each in expected):
        raise Refused("no signature matches")
    parameters = read_form(body)
    if "transactionType" not in parameters or "referenceNumber" not in parameters:
        raise Refused("it is no BlueSnap notification")
    if not data_protection_keys:
        return parameters, ""
    for key in data_protection_keys:
        text = parameters["referenceNumber"] + parameters.get("contractId", "") + key
        auth_key = hashlib.md5(text.encode()).hexdigest()
        if hmac.compare_digest(auth_key.encode(), parameters.get("authKey", "").lower().encode()):
            return parameters, receipt_for(key)
    raise Refused("authKey is not made with a data protection key")


def bluesnap_fact(body):
    """The same for every copy of a notification. Not webhook-id, which bls-signature does not cover."""
    return hashlib.sha256(body.split(b"&authKey=")[0]).hexdigest()


def receipt_for(data_protection_key):
    """The whole body of the answer that acknowledges a notification of the dialect bluesnap-receipt."""
    return hashlib.md5(b"OK" + key_bytes(data_protection_key)).hexdigest()


def verify_encrypted(keys, headers, body, now):
    """The TransactionNotificationV3, amounts as Decimal. `keys`: base64url, two during a rotation."""
    from decimal import Decimal

    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    event_id = header(headers, "webhook-id")
    parts = body.split(b".")
    if len(parts) != 5 or parts[1] != b"":
        raise Refused("it is no compact JWE")
    first = parse_json(base64url(parts[0]))
    if first.get("alg") != "dir" or first.get("enc") != "A256GCM" or "zip" in first or "crit" in first:
        raise Refused("it is encrypted in another way")
    iv, ciphertext, tag = (base64url(part) for part in parts[2:])
    if len(iv) != 12 or len(tag) != 16:
        raise Refused("it is no compact JWE")
    plain = None
    for key in keys:  # the header names one by its kid; trying is as good, since only the right one opens it
        try:
            plain = AESGCM(base64url(key.encode())).decrypt(iv, ciphertext + tag, parts[0])
        except InvalidTag:
            continue
    if plain is None:
        raise Refused("it was not made with a key that is here")
    notification = parse_json(plain, parse_float=Decimal)
    if notification.get("webhookId") != event_id:
        raise Refused("the header webhook-id is another message's")
    check_age(epoch_of(str(notification.get("issuedAt"))), now)
    return notification


def is_from_gateway(remote_address, egress_addresses):
    """Addresses and ranges of GET /api/v1/egress-addresses; live and test have their own. An extra: the signature is the
    proof. Behind a proxy of yours take the address that the proxy saw, never a header that anybody can send."""
    address = ipaddress.ip_address(remote_address)
    address = getattr(address, "ipv4_mapped", None) or address
    return any(address in ipaddress.ip_network(each) for each in egress_addresses)


def header(headers, name):
    value = headers.get(name)
    if not isinstance(value, str) or value == "":
        raise Refused(f"the header {name} is missing or there twice")
    return value


def check_age(signed_at, now):
    if abs(int(now) - int(signed_at)) > TOLERANCE_SECONDS:
        raise Refused("it was not made within five minutes of now")


def epoch_of(instant):
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z", instant):
        raise Refused("the timestamp is none")
    try:
        pattern = "%Y-%m-%dT%H:%M:%S.%fZ" if "." in instant else "%Y-%m-%dT%H:%M:%SZ"
        return datetime.datetime.strptime(instant, pattern).replace(tzinfo=datetime.timezone.utc).timestamp()
    except ValueError:
        raise Refused("the timestamp is none") from None


def key_bytes(text):
    if not text:
        raise ValueError("An empty key is one that everybody knows")
    return text.encode()


def base64url(text):
    try:
        if not re.fullmatch(rb"[A-Za-z0-9_-]*", text):
            raise Refused("it is no base64url")
        bytes_ = base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4))
    except binascii.Error:
        raise Refused("it is no base64url") from None
    # Two spellings of the same bytes would be one message under two names.
    if base64.urlsafe_b64encode(bytes_).rstrip(b"=") != text:
        raise Refused("it is no base64url")
    return bytes_


def parse_json(text, **options):
    try:
        value = json.loads(text.decode("utf-8"), **options)
    except (ValueError, RecursionError):
        raise Refused("it is no JSON") from None
    if not isinstance(value, dict):
        raise Refused("it is no JSON object")
    return value


def read_form(body):
    """Not parse_qs: it skips what is empty or malformed, and of a name that is there twice it makes a list."""
    parameters = {}
    try:
        for pair in body.decode("ascii").split("&"):
            name, value = (unquote_to_bytes(part.replace("+", " ")).decode("utf-8") for part in pair.split("="))
            if name == "" or name in parameters:
                raise Refused("a parameter is there twice, or has no name")
            parameters[name] = value
    except ValueError:
        raise Refused("it is no form") from None
    return parameters


# ---- receiving -------------------------------------------------------------------------------------------------------


def settings():
    """Lists are separated by commas: the old and the new key while one is being rotated."""

    def listed(name):
        return [each for each in os.environ.get(name, "").split(",") if each]

    return {
        "dialect": os.environ.get("TOLLGATE_DIALECT", "standard"),
        "secrets": listed("TOLLGATE_SECRETS"),
        "data_protection_keys": listed("TOLLGATE_DATA_PROTECTION_KEYS"),
        "notification_keys": listed("TOLLGATE_NOTIFICATION_KEYS"),
        "egress_addresses": listed("TOLLGATE_EGRESS_ADDRESSES"),
    }


def verify(keys, headers, body, now):
    """What the notification says, what names the fact (act on each once), and the body to answer 200 with."""
    if keys["dialect"] == "standard":
        return verify_standard(keys["secrets"], headers, body, now), headers["webhook-id"], ""
    if keys["dialect"] in ("bluesnap", "bluesnap-receipt"):
        said, answer = verify_bluesnap(keys["secrets"], keys["data_protection_keys"], headers, body, now)
        return said, bluesnap_fact(body), answer
    if keys["dialect"] == "encrypted":
        return verify_encrypted(keys["notification_keys"], headers, body, now), headers["webhook-id"], ""
    raise ValueError(f"This sample does not speak {keys['dialect']}")


class Receiver(BaseHTTPRequestHandler):
    configured = {}
    # A table of yours, written in the transaction of the work itself, in place of both: memory forgets.
    seen = set()
    work = queue.Queue()
    timeout = 10

    def do_POST(self):
        length = self.headers.get("content-length", "")
        if self.path != "/webhooks" or not re.fullmatch(r"[0-9]{1,7}", length) or int(length) > BODY_BYTES_MAX:
            return self.answer(400)
        body = self.rfile.read(int(length))
        addresses = self.configured["egress_addresses"]
        if addresses and not is_from_gateway(self.client_address[0], addresses):
            print(f"refused: {self.client_address[0]} is not the gateway", flush=True)
            return self.answer(403)
        # Of a header that is there twice, nobody may choose one.
        names = {name.lower() for name in self.headers.keys()}
        headers = {name: values[0] for name in names for values in [self.headers.get_all(name)] if len(values) == 1}
        try:
            said, fact, answer = verify(self.configured, headers, body, time.time())
        except Refused as reason:
            print(f"refused: {reason}", flush=True)
            return self.answer(400)
        if fact not in self.seen:
            self.seen.add(fact)
            self.work.put(said)
        return self.answer(200, answer)

    def answer(self, status, text=""):
        self.send_response(status)
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        """One line a notification is enough, and work_off writes it."""


def work_off(work):
    """After the answer: the gateway waits for seconds, your warehouse may take longer."""
    while True:
        said = work.get()
        print(f"received: {said.get('type') or said.get('transactionType') or said.get('status')}", flush=True)


def main(arguments):
    if len(arguments) > 1 and arguments[0] == "verify":
        return 0 if all([verify_file(path) for path in arguments[1:]]) else 1
    if len(arguments) == 2 and arguments[0] == "serve":
        Receiver.configured = settings()
        threading.Thread(target=work_off, args=(Receiver.work,), daemon=True).start()
        server = ThreadingHTTPServer(("127.0.0.1", int(arguments[1])), Receiver)
        print(f"listening on http://127.0.0.1:{server.server_address[1]}/webhooks", flush=True)
        server.serve_forever()
    print(__doc__, file=sys.stderr)
    return 2


def verify_file(path):
    """Test vectors as docs/dialects/vectors has them. Whether all that is sent in them is believed."""
    with open(path, encoding="utf-8") as file:
        content = json.load(file)
    return all([verify_vector(content["dialect"], vector) for vector in content["vectors"] if vector["request"]])


def verify_vector(dialect, vector):
    def of_kind(kind):
        return [key["text"] for key in vector["keys"] if key["kind"] == kind]

    keys = {
        "dialect": dialect,
        "secrets": of_kind("secret"),
        "data_protection_keys": of_kind("data_protection"),
        "notification_keys": of_kind("notification"),
    }
    request = vector["request"]
    try:
        source = vector.get("source")
        if source and not is_from_gateway(source["address"], source["egressAddresses"]):
            raise Refused("it does not come from the gateway")
        _, fact, answer = verify(keys, request["headers"], request["body"].encode(), epoch_of(vector["at"]))
    except Refused as reason:
        print(f"refused\t{vector['name']}\t{reason}")
        return False
    print(f"verified\t{vector['name']}\t{answer}")
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
