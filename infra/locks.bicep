// The stores of evidence cannot be deleted by mistake: a lock must be taken off first, and that raises an alert.
//
// On the accounts, not on the group: a lock also keeps every role on what it locks, and within it, from being taken
// away (ScopeLocked). Whoever takes one away takes the lock off first and puts it back, as infra/hooks/firstrun.py
// does (docs/deploying.md, first run). `azd down` fails on these, by design.

@description('Name of the footage account.')
param footageAccountName string

@description('Name of the ledger account.')
param ledgerAccountName string

@description('Name of the Cosmos account.')
param cosmosAccountName string

@description('Name of the vault.')
param vaultName string

resource footage 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: footageAccountName
}

resource ledger 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: ledgerAccountName
}

resource cosmos 'Microsoft.DocumentDB/databaseAccounts@2025-04-15' existing = {
  name: cosmosAccountName
}

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

resource keepFootage 'Microsoft.Authorization/locks@2020-05-01' = {
  scope: footage
  name: 'holds-evidence'
  properties: {
    level: 'CanNotDelete'
    notes: 'Recordings, some of which are evidence. Weeding is not hindered by this lock.'
  }
}

resource keepLedger 'Microsoft.Authorization/locks@2020-05-01' = {
  scope: ledger
  name: 'holds-evidence'
  properties: {
    level: 'CanNotDelete'
    notes: 'The ledger that proves the trail.'
  }
}

resource keepRecords 'Microsoft.Authorization/locks@2020-05-01' = {
  scope: cosmos
  name: 'holds-evidence'
  properties: {
    level: 'CanNotDelete'
    notes: 'Clips and their trails.'
  }
}

resource keepKeys 'Microsoft.Authorization/locks@2020-05-01' = {
  scope: vault
  name: 'holds-evidence'
  properties: {
    level: 'CanNotDelete'
    notes: 'The keys that receipts verify with.'
  }
}
