package validator

// known is what a rule without parameters expects, "" for the rarer ones.
func known(tag string) string {
	switch tag {
	case "alpha", "alphaunicode":
		return "letters only"
	case "alphaspace":
		return "letters and spaces only"
	case "alphanum", "alphanumunicode":
		return "letters and digits only"
	case "alphanumspace":
		return "letters, digits and spaces only"
	case "numeric", "number":
		return "a number"
	case "boolean":
		return "true or false"
	case "hexadecimal":
		return "hexadecimal digits"
	case "hexcolor", "rgb", "rgba", "hsl", "hsla", "cmyk", "iscolor":
		return "a colour"
	case "lowercase":
		return "lower case only"
	case "uppercase":
		return "upper case only"
	case "ascii", "printascii":
		return "ASCII characters only"
	case "unique":
		return "no value twice"
	case "email":
		return "an email address"
	case "e164":
		return "a phone number such as +12025550123"
	case "url", "http_url":
		return "a URL"
	case "https_url":
		return "a URL that begins with https"
	case "uri":
		return "a URI"
	case "hostname", "hostname_rfc1123":
		return "a host name"
	case "fqdn":
		return "a full domain name"
	case "hostname_port":
		return "a host and port"
	case "port":
		return "a port number"
	case "ip", "ip_addr":
		return "an IP address"
	case "ipv4", "ip4_addr":
		return "an IPv4 address"
	case "ipv6", "ip6_addr":
		return "an IPv6 address"
	case "cidr", "cidrv4", "cidrv6":
		return "a network such as 10.0.0.0/8"
	case "mac":
		return "a MAC address"
	case "uuid", "uuid_rfc4122", "uuid3", "uuid3_rfc4122", "uuid4", "uuid4_rfc4122", "uuid5", "uuid5_rfc4122", "uuid7":
		return "a UUID"
	case "ulid":
		return "a ULID"
	case "base64", "base64url", "base64rawurl":
		return "base64"
	case "json":
		return "JSON"
	case "jwt":
		return "a JWT"
	case "html":
		return "HTML"
	case "isbn", "isbn10", "isbn13":
		return "an ISBN"
	case "issn":
		return "an ISSN"
	case "credit_card":
		return "a credit card number"
	case "latitude":
		return "a latitude"
	case "longitude":
		return "a longitude"
	case "timezone":
		return "a time zone such as Asia/Shanghai"
	case "duration":
		return "a duration such as 1h30m"
	case "cron":
		return "a cron expression"
	case "semver":
		return "a version such as 1.2.3"
	case "country_code", "iso3166_1_alpha2", "iso3166_1_alpha3", "iso3166_1_alpha_numeric":
		return "an ISO 3166 country code"
	case "iso4217", "iso4217_numeric":
		return "an ISO 4217 currency code"
	case "bcp47_language_tag":
		return "a language tag such as zh-CN"
	}
	return ""
}
