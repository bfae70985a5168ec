// Prints whether Go trusts each leaf: verify ROOT ISSUER LEAF...
package main

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
)

func read(path string) *x509.Certificate {
	text, _ := os.ReadFile(path)
	block, _ := pem.Decode(text)
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		panic(err)
	}
	return certificate
}

func main() {
	roots, issuers := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(read(os.Args[1]))
	issuers.AddCert(read(os.Args[2]))
	for _, path := range os.Args[3:] {
		_, err := read(path).Verify(x509.VerifyOptions{Roots: roots, Intermediates: issuers})
		if err != nil {
			fmt.Println("refused:", err)
		} else {
			fmt.Println("trusted")
		}
	}
}
