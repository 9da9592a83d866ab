curl --fail-with-body --request PUT "http://127.0.0.1:3000/api/v2/users/auth0%7C5f7c8ec7c33c6c004bbafe82/authentication-methods" \
  --header "Authorization: Bearer $TOKEN" \
  --header "Content-Type: application/json" \
  --data '[
    { "type": "email", "name": "Work mail", "email": "ada.lovelace@example.com" },
    { "type": "totp", "name": "Authenticator", "totp_secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP" }
  ]'
