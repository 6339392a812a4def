// Receives notifications of a Tollgate: standard, bluesnap, bluesnap-receipt, encrypted. Go 1.21 or later, no modules.
//
// Copy what you need.
//
//	receiver verify FILE...   checks test vectors (docs/dialects/vectors); exit code 1 where one is not believed
//	receiver serve PORT       receives them at http://127.0.0.1:PORT/webhooks; settings by environment, see settings
package main

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	tolerance    = 300 * time.Second
	bodyBytesMax = 1 << 20
)

// Keys of one endpoint: the old and the new one while one is being rotated.
type Keys struct {
	Dialect            string
	Secrets            []string
	DataProtectionKeys []string
	NotificationKeys   []string
}

// Notification is what was said, what names the fact (act on each once), and the body to answer 200 with.
type Notification struct {
	Said   map[string]any
	Fact   string
	Answer string
}

// Verify believes a notification or says why not; no error names a key or a signature. header gives "" for what is
// missing or there twice, body is the raw bytes.
func Verify(keys Keys, header func(string) string, body []byte, now time.Time) (*Notification, error) {
	switch keys.Dialect {
	case "standard":
		return verifyStandard(keys.Secrets, header, body, now)
	case "bluesnap", "bluesnap-receipt":
		return verifyBluesnap(keys.Secrets, keys.DataProtectionKeys, header, body, now)
	case "encrypted":
		return verifyEncrypted(keys.NotificationKeys, header, body, now)
	}
	return nil, fmt.Errorf("this sample does not speak %q", keys.Dialect)
}

func verifyStandard(secrets []string, header func(string) string, body []byte, now time.Time) (*Notification, error) {
	id, timestamp := header("webhook-id"), header("webhook-timestamp")
	seconds, err := strconv.ParseUint(timestamp, 10, 40)
	if id == "" || err != nil {
		return nil, errors.New("the headers are missing, or there twice")
	}
	if err := checkAge(time.Unix(int64(seconds), 0), now); err != nil {
		return nil, err
	}
	matches := false
	for _, secret := range secrets {
		text, isSecret := strings.CutPrefix(secret, "whsec_")
		key, err := base64.StdEncoding.Strict().DecodeString(text)
		if !isSecret || err != nil || len(key) == 0 {
			return nil, errors.New("a secret is whsec_ and base64")
		}
		mac := hmac.New(sha256.New, key)
		fmt.Fprintf(mac, "%s.%s.", id, timestamp)
		mac.Write(body)
		expected := []byte(base64.StdEncoding.EncodeToString(mac.Sum(nil)))
		for _, signature := range strings.SplitN(header("webhook-signature"), " ", 16) {
			given, isV1 := strings.CutPrefix(signature, "v1,")
			matches = isV1 && hmac.Equal([]byte(given), expected) || matches
		}
	}
	if !matches {
		return nil, errors.New("no signature matches")
	}
	event, err := parseObject(body)
	if err != nil {
		return nil, err
	}
	if _, hasType := event["type"].(string); !hasType {
		return nil, errors.New("it is no event")
	}
	return &Notification{Said: event, Fact: id}, nil
}

var stampPattern = regexp.MustCompile(`^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$`)

func verifyBluesnap(
	secrets, dataProtectionKeys []string, header func(string) string, body []byte, now time.Time,
) (*Notification, error) {
	stamp := header("bls-ipn-timestamp")
	signedAt, err := time.Parse("2006-01-02 15:04:05.000", stamp)
	if err != nil || !stampPattern.MatchString(stamp) {
		return nil, errors.New("the timestamp is none")
	}
	if err := checkAge(signedAt, now); err != nil {
		return nil, err
	}
	given, err := hex.DecodeString(header("bls-signature"))
	matches := false
	for _, secret := range secrets {
		if secret == "" {
			return nil, errors.New("an empty key is one that everybody knows")
		}
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte(stamp)) // first, and nothing between it and the body
		mac.Write(body)
		matches = err == nil && hmac.Equal(given, mac.Sum(nil)) || matches
	}
	if !matches {
		return nil, errors.New("no signature matches")
	}
	form, err := url.ParseQuery(string(body))
	if err != nil || !form.Has("transactionType") || !form.Has("referenceNumber") {
		return nil, errors.New("it is no BlueSnap notification")
	}
	said := map[string]any{}
	for name, values := range form {
		if len(values) != 1 {
			return nil, errors.New("a parameter is there twice")
		}
		said[name] = values[0]
	}
	// The same for every copy of a notification. Not webhook-id, which bls-signature does not cover.
	unsealed, _, _ := bytes.Cut(body, []byte("&authKey="))
	fact := sha256.Sum256(unsealed)
	notification := &Notification{Said: said, Fact: hex.EncodeToString(fact[:])}
	if len(dataProtectionKeys) == 0 {
		return notification, nil
	}
	for _, key := range dataProtectionKeys {
		expected := md5Hex(form.Get("referenceNumber") + form.Get("contractId") + key)
		if hmac.Equal([]byte(strings.ToLower(form.Get("authKey"))), []byte(expected)) {
			notification.Answer = ReceiptFor(key)
			return notification, nil
		}
	}
	return nil, errors.New("authKey is not made with a data protection key")
}

// ReceiptFor is the whole body of the answer that acknowledges a notification of the dialect bluesnap-receipt.
func ReceiptFor(dataProtectionKey string) string {
	return md5Hex("OK" + dataProtectionKey)
}

func md5Hex(text string) string {
	sum := md5.Sum([]byte(text))
	return hex.EncodeToString(sum[:])
}

func verifyEncrypted(
	keys []string, header func(string) string, body []byte, now time.Time,
) (*Notification, error) {
	parts := strings.Split(string(body), ".")
	if len(parts) != 5 || parts[1] != "" {
		return nil, errors.New("it is no compact JWE")
	}
	decoded := make([][]byte, len(parts))
	for index, part := range parts {
		var err error
		decoded[index], err = base64.RawURLEncoding.Strict().DecodeString(part)
		// The decoder passes over line breaks: two spellings would be one message under two names.
		if err != nil || base64.RawURLEncoding.EncodeToString(decoded[index]) != part {
			return nil, errors.New("it is no compact JWE")
		}
	}
	first, err := parseObject(decoded[0])
	if err != nil {
		return nil, err
	}
	_, isZipped := first["zip"]
	_, isExtended := first["crit"]
	if first["alg"] != "dir" || first["enc"] != "A256GCM" || isZipped || isExtended {
		return nil, errors.New("it is encrypted in another way")
	}
	iv, sealed, tag := decoded[2], decoded[3], decoded[4]
	if len(iv) != 12 || len(tag) != 16 {
		return nil, errors.New("it is no compact JWE")
	}
	plain, err := openWithAny(keys, iv, append(sealed, tag...), []byte(parts[0]))
	if err != nil {
		return nil, err
	}
	said, err := parseObject(plain)
	if err != nil {
		return nil, err
	}
	id, _ := said["webhookId"].(string)
	if id == "" || id != header("webhook-id") {
		return nil, errors.New("the header webhook-id is another message's")
	}
	text, _ := said["issuedAt"].(string)
	issuedAt, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return nil, errors.New("the timestamp is none")
	}
	return &Notification{Said: said, Fact: id}, checkAge(issuedAt, now)
}

// openWithAny tries: the header names a key by its kid, but only the right one opens it anyway.
func openWithAny(keys []string, iv, sealed, additional []byte) ([]byte, error) {
	for _, text := range keys {
		key, err := base64.RawURLEncoding.DecodeString(text)
		if err != nil || len(key) != 32 {
			return nil, errors.New("a notification key is 32 bytes in base64url")
		}
		if plain, err := open(key, iv, sealed, additional); err == nil {
			return plain, nil
		}
	}
	return nil, errors.New("it was not made with a key that is here")
}

func open(key, iv, sealed, additional []byte) ([]byte, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	return gcm.Open(nil, iv, sealed, additional)
}

// IsFromGateway looks for an address among the addresses and ranges of GET /api/v1/egress-addresses; live and test have
// their own. An extra: the signature is the proof. Behind a proxy of yours take the address that the proxy saw, never a
// header that anybody can send.
func IsFromGateway(remoteAddress string, egressAddresses []string) bool {
	address, err := netip.ParseAddr(remoteAddress)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(egressAddresses, func(each string) bool {
		if single, err := netip.ParseAddr(each); err == nil {
			return single == address.Unmap()
		}
		network, err := netip.ParsePrefix(each)
		return err == nil && network.Contains(address.Unmap())
	})
}

func checkAge(signedAt, now time.Time) error {
	age := now.Truncate(time.Second).Sub(signedAt.Truncate(time.Second))
	if age > tolerance || age < -tolerance {
		return errors.New("it was not made within five minutes of now")
	}
	return nil
}

// parseObject keeps numbers as they are written (json.Number): a float would lose what money needs.
func parseObject(text []byte) (map[string]any, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value map[string]any
	if err := decoder.Decode(&value); err != nil || value == nil || decoder.More() {
		return nil, errors.New("it is no JSON object")
	}
	return value, nil
}

// ---- receiving ------------------------------------------------------------------------------------------------------

func settings() (Keys, []string) {
	listed := func(name string) []string {
		return strings.FieldsFunc(os.Getenv(name), func(letter rune) bool { return letter == ',' })
	}
	keys := Keys{
		Dialect:            os.Getenv("TOLLGATE_DIALECT"),
		Secrets:            listed("TOLLGATE_SECRETS"),
		DataProtectionKeys: listed("TOLLGATE_DATA_PROTECTION_KEYS"),
		NotificationKeys:   listed("TOLLGATE_NOTIFICATION_KEYS"),
	}
	return keys, listed("TOLLGATE_EGRESS_ADDRESSES")
}

type receiver struct {
	keys            Keys
	egressAddresses []string
	// A table of yours, written in the transaction of the work itself, belongs in the place of both: memory forgets.
	seen sync.Map
	work chan *Notification
}

func (receiver *receiver) ServeHTTP(response http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(response, request.Body, bodyBytesMax))
	if err != nil || request.Method != http.MethodPost {
		response.WriteHeader(http.StatusBadRequest)
		return
	}
	remoteAddress, _, _ := net.SplitHostPort(request.RemoteAddr)
	if len(receiver.egressAddresses) > 0 && !IsFromGateway(remoteAddress, receiver.egressAddresses) {
		fmt.Println("refused:", remoteAddress, "is not the gateway")
		response.WriteHeader(http.StatusForbidden)
		return
	}
	header := func(name string) string {
		if values := request.Header.Values(name); len(values) == 1 {
			return values[0]
		}
		return ""
	}
	notification, err := Verify(receiver.keys, header, body, time.Now())
	if err != nil {
		fmt.Println("refused:", err)
		response.WriteHeader(http.StatusBadRequest)
		return
	}
	if _, isKnown := receiver.seen.LoadOrStore(notification.Fact, true); !isKnown {
		receiver.work <- notification
	}
	io.WriteString(response, notification.Answer)
}

// workOff runs after the answer: the gateway waits for seconds, your warehouse may take longer.
func workOff(work <-chan *Notification) {
	for notification := range work {
		for _, name := range []string{"type", "transactionType", "status"} {
			if word := notification.Said[name]; word != nil {
				fmt.Println("received:", word)
				break
			}
		}
	}
}

func serve(port string) error {
	keys, egressAddresses := settings()
	handler := &receiver{keys: keys, egressAddresses: egressAddresses, work: make(chan *Notification, 1000)}
	go workOff(handler.work)
	http.Handle("/webhooks", handler)
	listener, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		return err
	}
	fmt.Printf("listening on http://%s/webhooks\n", listener.Addr())
	return (&http.Server{ReadTimeout: 10 * time.Second}).Serve(listener)
}

type vector struct {
	Name    string
	At      time.Time
	Keys    []struct{ Kind, Text string }
	Request *struct {
		Headers map[string]string
		Body    string
	}
	Source *struct {
		Address         string
		EgressAddresses []string
	}
}

// verifyFile reads test vectors as docs/dialects/vectors has them. Whether all that is sent in them is believed.
func verifyFile(path string) bool {
	var file struct {
		Dialect string
		Vectors []vector
	}
	content, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(content, &file)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return false
	}
	allBelieved := true
	for _, each := range file.Vectors {
		if each.Request == nil {
			continue
		}
		notification, err := verifyVector(file.Dialect, each)
		if err != nil {
			fmt.Printf("refused\t%s\t%s\n", each.Name, err)
			allBelieved = false
			continue
		}
		fmt.Printf("verified\t%s\t%s\n", each.Name, notification.Answer)
	}
	return allBelieved
}

func verifyVector(dialect string, vector vector) (*Notification, error) {
	keys := Keys{Dialect: dialect}
	for _, key := range vector.Keys {
		switch key.Kind {
		case "secret":
			keys.Secrets = append(keys.Secrets, key.Text)
		case "data_protection":
			keys.DataProtectionKeys = append(keys.DataProtectionKeys, key.Text)
		case "notification":
			keys.NotificationKeys = append(keys.NotificationKeys, key.Text)
		}
	}
	if vector.Source != nil && !IsFromGateway(vector.Source.Address, vector.Source.EgressAddresses) {
		return nil, errors.New("it does not come from the gateway")
	}
	header := func(name string) string { return vector.Request.Headers[name] }
	return Verify(keys, header, []byte(vector.Request.Body), vector.At)
}

func main() {
	if len(os.Args) > 2 && os.Args[1] == "verify" {
		allBelieved := true
		for _, path := range os.Args[2:] {
			allBelieved = verifyFile(path) && allBelieved
		}
		if !allBelieved {
			os.Exit(1)
		}
		return
	}
	if len(os.Args) == 3 && os.Args[1] == "serve" {
		fmt.Fprintln(os.Stderr, serve(os.Args[2]))
		os.Exit(1)
	}
	fmt.Fprintln(os.Stderr, "receiver verify FILE... | receiver serve PORT")
	os.Exit(2)
}
