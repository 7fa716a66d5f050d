package sandbox

import (
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"slices"
)

// keyTypes are the values of a repository's key_type, the default first.
var keyTypes = []string{"ED25519", "ECDSA", "RSA"}

// newPublicKey makes a public key in the format of an authorized_keys file. Nothing signs with it, so there is
// no private key: the bytes are random in the form of the type.
func newPublicKey(keyType string) string {
	switch keyType {
	case "ECDSA":
		// GenerateKey never fails with this source.
		point, _ := ecdh.P256().GenerateKey(rand.Reader)
		return publicKeyLine("ecdsa-sha2-nistp256", []byte("nistp256"), point.PublicKey().Bytes())
	case "RSA":
		modulus := randomBytes(256)
		modulus[0] |= 0x80                        // 2048 bits
		modulus[len(modulus)-1] |= 1              // odd
		modulus = slices.Insert(modulus, 0, 0x00) // positive
		return publicKeyLine("ssh-rsa", []byte{1, 0, 1}, modulus)
	}
	return publicKeyLine("ssh-ed25519", randomBytes(32))
}

// publicKeyLine joins the fields of a key in the wire format of SSH (RFC 4253, section 6.6).
func publicKeyLine(algorithm string, fields ...[]byte) string {
	blob := []byte{}
	for _, field := range append([][]byte{[]byte(algorithm)}, fields...) {
		blob = binary.BigEndian.AppendUint32(blob, uint32(len(field)))
		blob = append(blob, field...)
	}
	return algorithm + " " + base64.StdEncoding.EncodeToString(blob) + " divio-sandbox"
}

func randomBytes(n int) []byte {
	out := make([]byte, n)
	// crypto/rand.Read never fails: since Go 1.24 it ends the program instead.
	_, _ = rand.Read(out)
	return out
}
