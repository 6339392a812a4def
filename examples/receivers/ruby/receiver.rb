# frozen_string_literal: true

# Receives notifications of a Tollgate: standard, bluesnap, bluesnap-receipt, encrypted. Ruby 3.0 or later, no gems.
#
# Copy what you need. `Receiver.new(Receiver.settings)` is a Rack application.
#
#     ruby receiver.rb verify FILE...   checks test vectors (docs/dialects/vectors); exit code 1 where one is not believed
require "bigdecimal"
require "ipaddr"
require "json"
require "openssl"
require "set"
require "time"
require "uri"

module Tollgate
  TOLERANCE_SECONDS = 300

  # A request that must not be acted upon. Its text names no key and no signature.
  class Refused < StandardError; end

  # What was said, what names the fact (act on each once), and the body to answer 200 with.
  Notification = Struct.new(:said, :fact, :answer)

  module_function

  # keys: the old and the new one while one is being rotated; headers: names in small letters; body: raw bytes; now: Time.
  def verify(keys, headers, body, now)
    case keys[:dialect]
    when "standard" then verify_standard(keys[:secrets], headers, body, now)
    when "bluesnap", "bluesnap-receipt" then verify_bluesnap(keys, headers, body, now)
    when "encrypted" then verify_encrypted(keys[:notification_keys], headers, body, now)
    else raise ArgumentError, "This sample does not speak #{keys[:dialect]}"
    end
  end

  def verify_standard(secrets, headers, body, now)
    id = header(headers, "webhook-id")
    timestamp = header(headers, "webhook-timestamp")
    raise Refused, "the timestamp is none" unless timestamp.match?(/\A[0-9]{1,12}\z/)

    check_age(timestamp.to_i, now)
    signatures = header(headers, "webhook-signature").split(" ").first(16)
    expected = secrets.map do |secret|
      raise ArgumentError, "A secret is whsec_ and base64" unless secret.match?(/\Awhsec_.+\z/)

      key = secret.delete_prefix("whsec_").unpack1("m0")
      "v1,#{[OpenSSL::HMAC.digest("SHA256", key, "#{id}.#{timestamp}.".b + body.b)].pack("m0")}"
    end
    matches = expected.product(signatures).map { |mine, theirs| OpenSSL.secure_compare(mine, theirs) }
    raise Refused, "no signature matches" unless matches.any?

    event = parse_object(body)
    raise Refused, "it is no event" unless event["type"].is_a?(String)

    Notification.new(event, id, "")
  end

  def verify_bluesnap(keys, headers, body, now)
    stamp = header(headers, "bls-ipn-timestamp")
    raise Refused, "the timestamp is none" unless stamp.match?(/\A\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}\z/)

    check_age(instant("#{stamp.sub(" ", "T")}Z"), now)
    signature = header(headers, "bls-signature").downcase
    matches = keys[:secrets].map do |secret|
      raise ArgumentError, "An empty key is one that everybody knows" if secret.empty?

      # The stamp first, and nothing between it and the body.
      OpenSSL.secure_compare(OpenSSL::HMAC.hexdigest("SHA256", secret, stamp.b + body.b), signature)
    end
    raise Refused, "no signature matches" unless matches.any?

    parameters = read_form(body)
    raise Refused, "it is no BlueSnap notification" unless parameters["transactionType"] && parameters["referenceNumber"]

    # The same for every copy of a notification. Not webhook-id, which bls-signature does not cover.
    fact = OpenSSL::Digest::SHA256.hexdigest(body.split("&authKey=", 2).first)
    return Notification.new(parameters, fact, "") if keys[:data_protection_keys].empty?

    used = keys[:data_protection_keys].find do |key|
      auth_key = OpenSSL::Digest::MD5.hexdigest("#{parameters["referenceNumber"]}#{parameters["contractId"]}#{key}")
      OpenSSL.secure_compare(auth_key, parameters.fetch("authKey", "").downcase)
    end
    raise Refused, "authKey is not made with a data protection key" unless used

    Notification.new(parameters, fact, receipt_for(used))
  end

  # The whole body of the answer that acknowledges a notification of the dialect bluesnap-receipt.
  def receipt_for(data_protection_key)
    OpenSSL::Digest::MD5.hexdigest("OK#{data_protection_key}")
  end

  # keys: base64url. Amounts become BigDecimal: a float would lose what money needs.
  def verify_encrypted(keys, headers, body, now)
    id = header(headers, "webhook-id")
    parts = body.split(".", -1)
    raise Refused, "it is no compact JWE" unless parts.length == 5 && parts[1].empty?

    first = parse_object(base64url(parts[0]))
    is_ours = first["alg"] == "dir" && first["enc"] == "A256GCM"
    raise Refused, "it is encrypted in another way" if !is_ours || first.key?("zip") || first.key?("crit")

    iv, ciphertext, tag = parts[2..].map { |part| base64url(part) }
    # OpenSSL would take a tag of four bytes as well.
    raise Refused, "it is no compact JWE" unless iv.bytesize == 12 && tag.bytesize == 16

    # The header names one by its kid; trying is as good, since only the right one opens it.
    plain = keys.filter_map { |key| open_sealed(base64url(key), iv, ciphertext, tag, parts[0]) }.first
    raise Refused, "it was not made with a key that is here" unless plain

    said = parse_object(plain, decimal_class: BigDecimal)
    raise Refused, "the header webhook-id is another message's" unless said["webhookId"] == id

    check_age(instant(said["issuedAt"].to_s), now)
    Notification.new(said, id, "")
  end

  def open_sealed(key, iv, ciphertext, tag, additional)
    cipher = OpenSSL::Cipher.new("aes-256-gcm").decrypt
    cipher.key = key
    cipher.iv = iv
    cipher.auth_tag = tag
    cipher.auth_data = additional
    cipher.update(ciphertext) + cipher.final
  rescue OpenSSL::Cipher::CipherError
    nil
  end

  # Addresses and ranges of GET /api/v1/egress-addresses; live and test have their own. An extra: the signature is the proof.
  # Behind a proxy of yours take the address that the proxy saw, never a header that anybody can send.
  def from_gateway?(remote_address, egress_addresses)
    address = IPAddr.new(remote_address).native
    egress_addresses.any? { |each| IPAddr.new(each).include?(address) }
  end

  def header(headers, name)
    value = headers[name]
    return value if value.is_a?(String) && !value.empty?

    raise Refused, "the header #{name} is missing or there twice"
  end

  def check_age(signed_at, now)
    return if (now.to_i - signed_at).abs <= TOLERANCE_SECONDS

    raise Refused, "it was not made within five minutes of now"
  end

  def instant(text)
    Time.iso8601(text).to_i
  rescue ArgumentError
    raise Refused, "the timestamp is none"
  end

  # Two spellings of the same bytes would be one message under two names.
  def base64url(text)
    bytes = (text.tr("-_", "+/") + "=" * (-text.length % 4)).unpack1("m0")
    raise Refused, "it is no base64url" unless [bytes].pack("m0").tr("+/", "-_").delete("=") == text

    bytes
  rescue ArgumentError
    raise Refused, "it is no base64url"
  end

  def parse_object(text, **options)
    value = JSON.parse(text.dup.force_encoding("UTF-8"), **options)
    raise Refused, "it is no JSON object" unless value.is_a?(Hash)

    value
  rescue JSON::ParserError, EncodingError
    raise Refused, "it is no JSON object"
  end

  def read_form(body)
    pairs = URI.decode_www_form(body.dup.force_encoding("UTF-8"))
    raise Refused, "a parameter is there twice" unless pairs.map(&:first).uniq.length == pairs.length

    pairs.to_h
  rescue ArgumentError
    raise Refused, "it is no form"
  end
end

# ---- receiving -------------------------------------------------------------------------------------------------------

# A Rack application.
class Receiver
  BODY_BYTES_MAX = 1024 * 1024

  def self.settings
    listed = ->(name) { ENV.fetch(name, "").split(",").reject(&:empty?) }
    {
      dialect: ENV.fetch("TOLLGATE_DIALECT", "standard"),
      secrets: listed.call("TOLLGATE_SECRETS"),
      data_protection_keys: listed.call("TOLLGATE_DATA_PROTECTION_KEYS"),
      notification_keys: listed.call("TOLLGATE_NOTIFICATION_KEYS"),
      egress_addresses: listed.call("TOLLGATE_EGRESS_ADDRESSES")
    }
  end

  def initialize(keys)
    @keys = keys
    # A table of yours, written in the transaction of the work itself, belongs in the place of both: memory forgets.
    @seen = Set.new
    @work = Queue.new
    Thread.new { loop { work_off(@work.pop) } }
  end

  def call(environment)
    address = environment["REMOTE_ADDR"]
    allowed = @keys[:egress_addresses]
    return refuse(403, "#{address} is not the gateway") unless allowed.empty? || Tollgate.from_gateway?(address, allowed)

    body = environment["rack.input"].read(BODY_BYTES_MAX + 1).to_s
    return refuse(400, "it is too large") if body.bytesize > BODY_BYTES_MAX

    headers = environment.filter_map { |name, value| [name[5..].downcase.tr("_", "-"), value] if name.start_with?("HTTP_") }.to_h
    notification = Tollgate.verify(@keys, headers, body, Time.now)
    @work << notification if @seen.add?(notification.fact)
    [200, { "content-type" => "text/plain" }, [notification.answer]]
  rescue Tollgate::Refused => e
    refuse(400, e.message)
  end

  private

  def refuse(status, reason)
    warn "refused: #{reason}"
    [status, { "content-type" => "text/plain" }, []]
  end

  # After the answer: the gateway waits for seconds, your warehouse may take longer.
  def work_off(notification)
    said = notification.said
    puts "received: #{said["type"] || said["transactionType"] || said["status"]}"
  end
end

# Test vectors as docs/dialects/vectors has them. Whether all that is sent in them is believed.
def verify_file(path)
  file = JSON.parse(File.read(path, encoding: "UTF-8"))
  file["vectors"].select { |vector| vector["request"] }.map { |vector| verify_vector(file["dialect"], vector) }.all?
end

def verify_vector(dialect, vector)
  of_kind = ->(kind) { vector["keys"].select { |key| key["kind"] == kind }.map { |key| key["text"] } }
  keys = {
    dialect: dialect,
    secrets: of_kind.call("secret"),
    data_protection_keys: of_kind.call("data_protection"),
    notification_keys: of_kind.call("notification")
  }
  source = vector["source"]
  if source && !Tollgate.from_gateway?(source["address"], source["egressAddresses"])
    raise Tollgate::Refused, "it does not come from the gateway"
  end

  request = vector["request"]
  notification = Tollgate.verify(keys, request["headers"], request["body"], Time.iso8601(vector["at"]))
  puts "verified\t#{vector["name"]}\t#{notification.answer}"
  true
rescue Tollgate::Refused => e
  puts "refused\t#{vector["name"]}\t#{e.message}"
  false
end

if __FILE__ == $PROGRAM_NAME
  abort "ruby receiver.rb verify FILE..." unless ARGV.length > 1 && ARGV.first == "verify"
  exit ARGV.drop(1).map { |path| verify_file(path) }.all?
end
